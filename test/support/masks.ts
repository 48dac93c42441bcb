import type { Size } from '../../functions/src/document/box.ts'
import type { MaskRuns } from '../../functions/src/masks/mask-runs.ts'

/** One byte (0 or 1) per pixel of the box. */
export function paintMask({ box, spans }: MaskRuns): Uint8Array {
  const pixels = new Uint8Array(box.width * box.height)
  for (let i = 0; i < spans.length; i += 3) {
    pixels.fill(1, spans[i]! * box.width + spans[i + 1]!, spans[i]! * box.width + spans[i + 2]!)
  }
  return pixels
}

/** The number of the visible object per pixel. Masks are painted pixel by pixel, larger ones first. */
export function paintNumbers(masks: readonly (MaskRuns | null)[], { width, height }: Size): Uint8Array {
  const pixels = new Uint8Array(width * height)
  const painted = masks.flatMap((mask, index) => (mask ? [{ mask, number: index + 1 }] : []))
  for (const { mask, number } of painted.toSorted((a, b) => b.mask.areaPixels - a.mask.areaPixels)) {
    const { box, spans } = mask
    for (let i = 0; i < spans.length; i += 3) {
      for (let x = spans[i + 1]!; x < spans[i + 2]!; x++) {
        pixels[(box.y + spans[i]!) * width + box.x + x] = number
      }
    }
  }
  return pixels
}

/** Unfiltered PNG rows: a byte 0, then packed pixels with the leftmost in the high bits. */
export function packScanlines(pixels: Uint8Array, { width, height }: Size, bitDepth: number): Buffer {
  const rowBytes = 1 + Math.ceil((width * bitDepth) / 8)
  const bytes = Buffer.alloc(rowBytes * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let bit = 0; bit < bitDepth; bit++) {
        const at = x * bitDepth + bit
        const set = (pixels[y * width + x]! >> (bitDepth - 1 - bit)) & 1
        bytes[y * rowBytes + 1 + (at >> 3)]! |= set << (7 - (at & 7))
      }
    }
  }
  return bytes
}

/** Overlapping masks with a few runs per row, anywhere in the picture; some runs end at the end of a row. */
export function randomMasks(count: number, image: Size, random: () => number): MaskRuns[] {
  const whole = (below: number) => Math.floor(random() * below)
  return Array.from({ length: count }, () => {
    const [x, y] = [whole(image.width), whole(image.height)]
    const box = { x, y, width: 1 + whole(image.width - x), height: 1 + whole(image.height - y) }
    const spans: number[] = []
    for (let row = 0; row < box.height; row++) {
      let start = whole(4)
      while (start < box.width && random() < 0.7) {
        const end = random() < 0.3 ? box.width : Math.min(start + 1 + whole(box.width), box.width)
        spans.push(row, start, end)
        start = end + 1 + whole(3)
      }
    }
    const areaPixels = spans.reduce((sum, value, i) => sum + [0, -value, value][i % 3]!, 0)
    return { box, spans: Int32Array.from(spans), areaPixels }
  })
}

/** Numbers from 0 to 1, determined by the seed: mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A soft disc, as models draw them. */
export function softDisc({ width, height }: Size): Uint8Array {
  const values = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const distance = Math.hypot((x + 0.5) / width - 0.5, (y + 0.5) / height - 0.5) * 2
      values[y * width + x] = Math.max(0, Math.min(255, Math.round(127.5 + (0.8 - distance) * 900)))
    }
  }
  return values
}
