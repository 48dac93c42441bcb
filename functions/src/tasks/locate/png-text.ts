import { DATA_URI } from '../../answers/json-string.ts'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const END = 'IEND'
/** The signature in base64. */
const PNG_START = new RegExp(String.raw`^\s{0,40}(?:${DATA_URI})?iVBORw0KGgo`)
/** 256 x 256 grey pixels of noise are 66 kB; more is no mask. */
const MAX_PNG_BYTES = 1024 * 1024

/** Whether a text begins like a PNG in base64, with or without `data:image/png;base64,`. */
export function looksLikePng(text: string): boolean {
  return PNG_START.test(text)
}

/**
 * The bytes of a PNG in base64, up to its end: models sometimes go on after it. Its chunks are walked and nothing is decoded, so the bytes
 * still are to be distrusted.
 * @returns undefined when its end is missing: it was cut, or invented; `too-large` beyond 1 MiB
 */
export function pngBytes(text: string): Buffer | 'too-large' | undefined {
  const base64 = text.slice(text.indexOf('iVBORw0KGgo'))
  const bytes = Buffer.from(base64.slice(0, Math.ceil(MAX_PNG_BYTES / 3) * 4), 'base64')
  const end = endOfPng(bytes)
  if (end !== undefined) return bytes.subarray(0, end)
  return base64.length > (MAX_PNG_BYTES / 3) * 4 ? 'too-large' : undefined
}

/** A chunk: length of its data, type, data, checksum. https://www.w3.org/TR/png-3/#5Chunk-layout, 2026-11 */
function endOfPng(bytes: Buffer): number | undefined {
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) return undefined
  let at = 8
  while (at + 12 <= bytes.length) {
    const end = at + 12 + bytes.readUInt32BE(at)
    if (end > bytes.length) return undefined
    if (bytes.toString('latin1', at + 4, at + 8) === END) return end
    at = end
  }
  return undefined
}
