import type { MaskForm } from '../document/annotation.ts'
import { type Box, type Box2d, type Size, toFrame, toPixelBox } from '../document/box.ts'
import { count, type Dropped, type DropReason } from '../document/drop-reasons.ts'
import { asVisionError } from '../errors.ts'
import { MaskBudget, MaskTooComplex } from '../masks/mask-budget.ts'
import { decodeMaskPng } from '../masks/mask-png.ts'
import type { MaskRuns } from '../masks/mask-runs.ts'
import { runsFromMap } from '../masks/runs-from-map.ts'
import { runsFromPolygon } from '../masks/runs-from-polygon.ts'
import { YieldTimer } from '../masks/yield-timer.ts'
import type { Located, LocatedObject } from '../tasks/locate/read-location.ts'

/** An object in pixels of the upright image, with its mask as runs. */
export type AnnotatedObject = {
  label: string
  box: Box
  box2d: Box2d
  mask: DrawnMask | null
  /** Why there is no mask, if the model gave one or was not asked for it. */
  maskReason?: DropReason
}

/** `polygon`: in pixels of the image, only for an outline with one ring. */
type DrawnMask = { form: MaskForm; runs: MaskRuns; polygon?: [number, number][] }

/**
 * Converts objects from the model's 0 to 1000 to pixels. An object whose mask cannot be drawn is kept, and
 * the reason is counted in `dropped`.
 * @param budget for all masks of the photo
 */
export async function annotateObjects(
  located: Located,
  image: Size,
  budget: MaskBudget = new MaskBudget(),
): Promise<{ objects: AnnotatedObject[]; dropped: Dropped }> {
  const dropped = { ...located.dropped }
  const objects: AnnotatedObject[] = []
  const yieldTimer = new YieldTimer()
  for (const object of located.objects) {
    await yieldTimer.yieldIfDue()
    const { label, box2d, maskReason } = object
    const box = toPixelBox(box2d, image)
    const mask = await drawableMask(object, box, image, budget)
    if (typeof mask === 'string') count(dropped, mask)
    const reason = typeof mask === 'string' ? mask : maskReason
    objects.push({
      label,
      box,
      box2d,
      mask: typeof mask === 'string' ? null : mask,
      ...(reason && { maskReason: reason }),
    })
  }
  return { objects, dropped }
}

async function drawableMask(
  object: LocatedObject,
  box: Box,
  image: Size,
  budget: MaskBudget,
): Promise<DrawnMask | DropReason | null> {
  if (object.mask && budget.spent) return 'mask-too-complex'
  try {
    const mask = await toRuns(object, box, image, budget)
    return mask?.runs.areaPixels === 0 ? 'mask-empty' : mask
  } catch (error) {
    if (error instanceof MaskTooComplex) return 'mask-too-complex'
    if (!asVisionError(error)) throw error
    return 'mask-unreadable'
  }
}

async function toRuns(
  { mask, box2d }: LocatedObject,
  box: Box,
  image: Size,
  budget: MaskBudget,
): Promise<DrawnMask | null> {
  if (!mask) return null
  if (mask.form === 'png') {
    const map = await decodeMaskPng(mask.png)
    return { form: 'png', runs: runsFromMap(map, box, toFrame(box2d, image), budget) }
  }
  const rings = mask.rings.map((ring) =>
    ring.map(([x, y]): [number, number] => [(x / 1000) * image.width, (y / 1000) * image.height]),
  )
  const runs = runsFromPolygon(rings, box, budget)
  const [ring, ...others] = rings
  if (!ring || others.length > 0) return { form: 'polygon', runs }
  return {
    form: 'polygon',
    runs,
    polygon: ring.map(([x, y]) => [clip(x, image.width), clip(y, image.height)]),
  }
}

function clip(value: number, side: number): number {
  return Math.min(Math.max(Math.round(value), 0), side)
}
