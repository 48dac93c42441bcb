/** Squares of at most 1020 that add up within 31 bits: V8 then reckons in integers, three times as fast. */
const SPAN = 1024

/**
 * The variance of the Laplacian of a picture's luma, a common measure of focus: few edges, low variance.
 * Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", ICPR 2000.
 * @param pixels 8-bit, interleaved, `channels` bytes a pixel (1 grey, 3 RGB)
 */
export function laplacianVariance(
  pixels: Uint8Array,
  width: number,
  height: number,
  channels: number,
): number {
  if (width < 3 || height < 3) return 0
  const luma = toLuma(pixels, width * height, channels)
  let sum = 0
  let squares = 0
  for (let y = 1; y < height - 1; y++) {
    const end = (y + 1) * width - 1
    for (let from = y * width + 1; from < end; from += SPAN) {
      const to = Math.min(from + SPAN, end)
      let spanSum = 0
      let spanSquares = 0
      let left = luma[from - 1]!
      let centre = luma[from]!
      for (let i = from; i < to; i++) {
        const right = luma[i + 1]!
        const value = 4 * centre - left - right - luma[i - width]! - luma[i + width]!
        left = centre
        centre = right
        spanSum += value
        spanSquares += value * value
      }
      sum += spanSum
      squares += spanSquares
    }
  }
  const count = (width - 2) * (height - 2)
  const mean = sum / count
  return Math.round((squares / count - mean * mean) * 10) / 10
}

function toLuma(pixels: Uint8Array, count: number, channels: number): Uint8Array {
  if (channels === 1) return pixels
  const luma = new Uint8Array(count)
  for (let i = 0, p = 0; i < count; i++, p += channels) {
    // Rec. 601 weights in 1/256.
    luma[i] = (77 * pixels[p]! + 150 * pixels[p + 1]! + 29 * pixels[p + 2]!) >> 8
  }
  return luma
}
