import sharp from 'sharp'
import type { Annotation, StoredObject } from '../../functions/src/document/annotation.ts'
import { maskIoU } from '../support/scene.ts'
import type { Upload } from './users.ts'

/** Tolerance of a box: the model returns thousandths, for a JPEG. */
const TOLERANCE_PIXELS = 4
const MIN_IOU = 0.85

/** Compares a document and its files with the uploaded image. @returns the differences */
export async function findStale(
  { image, caption, steps, objects, overlay }: Annotation,
  upload: Upload | undefined,
  read: (path: string) => Promise<Buffer | undefined>,
): Promise<string[]> {
  if (!upload) return ['this generation was never uploaded']
  const { sha256, colour, truth } = upload
  const wrong: string[] = []
  if (image && image.sha256 !== sha256) wrong.push('the SHA-256 belongs to other bytes')
  if (steps.describe.state === 'succeeded' && !caption?.includes(colour))
    wrong.push(`the caption "${caption}" does not match a ${colour} image`)
  if (steps.locate.state !== 'succeeded' || !objects || !image || !overlay) return wrong
  const [object] = objects
  if (objects.length !== 1 || !object) return [...wrong, `${objects.length} objects rather than one`]
  if (!object.label.startsWith(colour))
    wrong.push(`the label ${object.label} does not match a ${colour} image`)
  const off = (['x', 'y', 'width', 'height'] as const).map((side) =>
    Math.abs(object.box[side] - truth.box[side]),
  )
  if (Math.max(...off) > TOLERANCE_PIXELS)
    wrong.push(`the box ${JSON.stringify(object.box)} is not ${JSON.stringify(truth.box)}`)
  const bytes = await read(overlay.path)
  // Missing files are another kind of violation.
  if (!bytes) return wrong
  const drawn = await opaquePixels(bytes)
  const masked = await maskPixels(object, image, read)
  if (masked && maskIoU(drawn, masked) < 0.999) wrong.push('the overlay does not match the mask')
  if (masked && maskIoU(masked, truth.mask) < MIN_IOU) wrong.push('the mask does not match the image')
  return wrong
}

/** One byte per pixel of the image. */
async function opaquePixels(png: Buffer): Promise<Uint8Array> {
  const { data } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return Uint8Array.from({ length: data.length / 4 }, (_, i) => (data[i * 4 + 3] ? 1 : 0))
}

async function maskPixels(
  { box, mask }: StoredObject,
  { width, height }: { width: number; height: number },
  read: (path: string) => Promise<Buffer | undefined>,
): Promise<Uint8Array | undefined> {
  const png = mask && (await read(mask.path))
  if (!png) return undefined
  const { data } = await sharp(png).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++)
      pixels[(box.y + y) * width + box.x + x] = data[y * box.width + x] ? 1 : 0
  }
  return pixels
}
