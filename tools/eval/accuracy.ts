import sharp from 'sharp'
import type { StoredObject } from '../../functions/src/document/annotation.ts'
import type { Truth } from '../../test/support/scene.ts'
import { matchObjects, namesObject } from './matching.ts'
import type { Accuracy, PhotoResult, PixelBox } from './run-file.ts'

/** A mask with one byte (0 or not) for each pixel of its box. */
export type BoxMask = { box: PixelBox; pixels: Uint8Array }

/**
 * Compares the objects of a drawn scene with its truth.
 * @param objects undefined if the locate step failed: then everything is missed
 * @param masksAsked whether the model was asked for masks (MASK_POINTS)
 * @param readFile the mask files
 */
export async function accuracyOf(
  truths: readonly Truth[],
  objects: readonly StoredObject[] | undefined,
  { width, masksAsked }: { width: number; masksAsked: boolean },
  readFile: (path: string) => Buffer,
): Promise<Accuracy> {
  const found = objects ?? []
  const { pairs } = matchObjects(truths, found, (truth, { label }) => namesObject(label, truth.label))
  const maskIous: number[] = []
  for (const { a: truth, b: object } of masksAsked ? pairs : []) {
    const mask = object.mask && (await readMask(readFile(object.mask.path), object.box))
    maskIous.push(mask ? maskIou(mask, truth.mask, width) : 0)
  }
  const labelled = pairs.filter(({ sameLabel }) => sameLabel).length
  return { expected: truths.length, found: found.length, matched: pairs.length, labelled, maskIous }
}

async function readMask(png: Buffer, box: PixelBox): Promise<BoxMask> {
  const { data, info } = await sharp(png).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
  if (info.width !== box.width || info.height !== box.height)
    throw new Error(
      `The mask has ${info.width} x ${info.height} pixels, its box ${box.width} x ${box.height}`,
    )
  return { box, pixels: data }
}

/** @param truth one byte for each pixel of the picture */
export function maskIou({ box, pixels }: BoxMask, truth: Uint8Array, pictureWidth: number): number {
  let union = truth.reduce((sum, value) => sum + Number(value !== 0), 0)
  let intersection = 0
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      if (!pixels[y * box.width + x]) continue
      if (truth[(box.y + y) * pictureWidth + box.x + x]) intersection++
      else union++
    }
  }
  return union === 0 ? 1 : intersection / union
}

export type AccuracyTotals = Accuracy & {
  scenes: number
  /** Matched objects of all found ones, and of all drawn ones. Undefined if there are none. */
  precision: number | undefined
  recall: number | undefined
  labelShare: number | undefined
  /** Over all matched objects. A missing mask counts as 0. */
  meanMaskIou: number | undefined
}

/** Of all scenes together. Undefined if no photo has a truth. */
export function totalAccuracy(photos: readonly PhotoResult[]): AccuracyTotals | undefined {
  const known = photos.flatMap(({ accuracy }) => accuracy ?? [])
  if (known.length === 0) return undefined
  const sum = (of: (accuracy: Accuracy) => number) => known.reduce((total, one) => total + of(one), 0)
  const maskIous = known.flatMap((one) => one.maskIous)
  const [expected, found, matched, labelled] = [
    sum((one) => one.expected),
    sum((one) => one.found),
    sum((one) => one.matched),
    sum((one) => one.labelled),
  ]
  return {
    scenes: known.length,
    expected,
    found,
    matched,
    labelled,
    maskIous,
    precision: share(matched, found),
    recall: share(matched, expected),
    labelShare: share(labelled, matched),
    meanMaskIou: share(
      maskIous.reduce((total, iou) => total + iou, 0),
      maskIous.length,
    ),
  }
}

function share(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole
}
