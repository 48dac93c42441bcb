import { asVisionError } from '../errors.ts'
import type { Located, LocatedObject } from '../tasks/locate.ts'
import { type Box, type Box2d, type Size, toFrame, toPixelBox } from './box.ts'
import { decodeMaskPng } from './mask-png.ts'
import type { MaskRuns } from './mask-runs.ts'
import { runsFromMap } from './runs-from-map.ts'
import { runsFromPolygon } from './runs-from-polygon.ts'

/** An object in pixels of the upright image, with its mask ready to be drawn. */
export type AnnotatedObject = {
  label: string
  box: Box
  box2d: Box2d
  mask: { form: 'png' | 'polygon'; runs: MaskRuns; polygon?: [number, number][] } | null
}

/** From the model's 0 to 1000 to pixels. A mask that cannot be drawn leaves its object, and is counted in `dropped`. */
export async function annotateObjects(
  located: Located,
  image: Size,
): Promise<{ objects: AnnotatedObject[]; dropped: Record<string, number> }> {
  const dropped = { ...located.dropped }
  const objects: AnnotatedObject[] = []
  for (const object of located.objects) {
    const box = toPixelBox(object.box2d, image)
    let mask: AnnotatedObject['mask'] = null
    try {
      mask = await toRuns(object, box, image)
    } catch (error) {
      if (!asVisionError(error)) throw error
      dropped['mask-unreadable'] = (dropped['mask-unreadable'] ?? 0) + 1
    }
    if (mask && mask.runs.areaPixels === 0) {
      mask = null
      dropped['mask-empty'] = (dropped['mask-empty'] ?? 0) + 1
    }
    objects.push({ label: object.label, box, box2d: object.box2d, mask })
  }
  return { objects, dropped }
}

async function toRuns(
  { mask, box2d }: LocatedObject,
  box: Box,
  image: Size,
): Promise<AnnotatedObject['mask']> {
  if (!mask) return null
  if (mask.form === 'png')
    return { form: 'png', runs: runsFromMap(await decodeMaskPng(mask.png), box, toFrame(box2d, image)) }
  const exact = mask.points.map(([x, y]): [number, number] => [
    (x / 1000) * image.width,
    (y / 1000) * image.height,
  ])
  const polygon = exact.map(([x, y]): [number, number] => [clip(x, image.width), clip(y, image.height)])
  return { form: 'polygon', runs: runsFromPolygon([exact], box), polygon }
}

function clip(value: number, side: number): number {
  return Math.min(Math.max(Math.round(value), 0), side)
}
