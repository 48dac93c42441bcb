import { PNG_SIGNATURE } from '../../image/sniff.ts'

/** The first 8 bytes of a PNG in base64, without the bits that the ninth byte changes. */
const START = 'iVBORw0KGgo'
const DATA_URI = String.raw`(?:data:image/[^\s",]{1,60},\s{0,40})?`
const END = 'IEND'
const PNG_START = new RegExp(String.raw`^\s{0,40}${DATA_URI}${START}`)
/**
 * A PNG in base64, also with line breaks in it, as they are or as escape sequences. Its quotes may be
 * missing.
 */
export const PNG_TEXT = new RegExp(
  String.raw`"?${DATA_URI}(${START}[\w+/-]*(?:(?:\s|\\[nr/])+[\w+/-]+)*={0,2}(?:\\[nr])*)"?`,
  'g',
)
/** 256 x 256 grey pixels of noise are 66 kB; a mask is not larger than this. */
const MAX_PNG_BYTES = 1024 * 1024

/** Whether a text begins like a PNG in base64, with or without `data:image/png;base64,`. */
export function looksLikePng(text: string): boolean {
  return PNG_START.test(text)
}

/**
 * The bytes of a PNG in base64 up to its last chunk: models sometimes add text after it. The chunks are not
 * decoded or checked.
 * @returns undefined if the last chunk is missing: the PNG was cut or invented; `too-large` above 1 MiB
 */
export function pngBytes(text: string): Buffer | 'too-large' | undefined {
  const base64 = text.slice(text.indexOf(START))
  const bytes = Buffer.from(base64.slice(0, Math.ceil(MAX_PNG_BYTES / 3) * 4), 'base64')
  const end = endOfPng(bytes)
  if (end !== undefined) return bytes.subarray(0, end)
  return base64.length > (MAX_PNG_BYTES / 3) * 4 ? 'too-large' : undefined
}

/** A chunk: length of its data, type, data, checksum. https://www.w3.org/TR/png-3/#5Chunk-layout, 2026-11 */
function endOfPng(bytes: Buffer): number | undefined {
  if (!bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return undefined
  let at = 8
  while (at + 12 <= bytes.length) {
    const end = at + 12 + bytes.readUInt32BE(at)
    if (end > bytes.length) return undefined
    if (bytes.toString('latin1', at + 4, at + 8) === END) return end
    at = end
  }
  return undefined
}
