import type { Size } from './box.ts'
import type { MaskRuns } from './mask-runs.ts'
import type { Rgb } from './palette.ts'
import { emptyScanlines, encodeGreyscalePng, encodeIndexedPng } from './png.ts'

/** Half transparent: the photo stays visible under the overlay. */
const OVERLAY_ALPHA = 128

/**
 * The overlay: a transparent indexed PNG of the full upright size whose pixel value is the number of the object it shows (its
 * index + 1; 0 for none). Larger objects are painted first, so smaller ones stay on top.
 * @param masks by object, null for objects without one; at most 255
 */
export async function drawOverlay(
  masks: readonly (MaskRuns | null)[],
  colours: readonly Rgb[],
  image: Size,
): Promise<Buffer> {
  const scanlines = emptyScanlines(image.width, image.height, 8)
  const painted = masks
    .flatMap((mask, index) => (mask ? [{ mask, number: index + 1 }] : []))
    .toSorted((a, b) => b.mask.areaPixels - a.mask.areaPixels)
  for (const { mask, number } of painted) {
    const { spans, box } = mask
    for (let i = 0; i < spans.length; i += 3) {
      const row = (box.y + spans[i]!) * scanlines.rowBytes + 1 + box.x
      scanlines.bytes.fill(number, row + spans[i + 1]!, row + spans[i + 2]!)
    }
  }
  return encodeIndexedPng(scanlines, colours, OVERLAY_ALPHA)
}

/** One object's mask: a 1-bit PNG of its box's size, white where the object is, also where the overlay hides it. */
export async function drawMask({ box, spans }: MaskRuns): Promise<Buffer> {
  const scanlines = emptyScanlines(box.width, box.height, 1)
  for (let i = 0; i < spans.length; i += 3) {
    const row = spans[i]! * scanlines.rowBytes + 1
    setBits(scanlines.bytes, row, spans[i + 1]!, spans[i + 2]!)
  }
  return encodeGreyscalePng(scanlines)
}

/** Sets the bits from `start` to `end` (exclusive) after the byte `at`; the leftmost pixel is the high bit. */
function setBits(bytes: Buffer, at: number, start: number, end: number): void {
  const [first, last] = [start >> 3, end >> 3]
  const head = 0xff >> (start & 7)
  const tail = 0xff & ~(0xff >> (end & 7))
  if (first === last) {
    bytes[at + first]! |= head & tail
    return
  }
  bytes[at + first]! |= head
  bytes.fill(0xff, at + first + 1, at + last)
  if (tail) bytes[at + last]! |= tail
}
