import { isAscii } from 'node:buffer'
import { SMALL_BODY_BYTES } from '../config/body-limits.ts'

/** A valid request has fewer than 500 structural characters and at most five levels. */
const MAX_STRUCTURE = 5000
const MAX_DEPTH = 16
/** Bytes outside strings: white space, numbers and structural characters. */
const MAX_OUTSIDE_BYTES = 64 * 1024
/** Bytes of a string with characters outside ASCII, so not of base64. A text of 8,000 characters takes 48,000 bytes. */
const MAX_TEXT_BYTES = 64 * 1024

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c]
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d]
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * Why no valid call has this body, or undefined. Reads the bytes once and allocates almost nothing, so that it
 * can run before JSON.parse(), which takes 60 bytes for each `{}`. It does not check that the body is JSON.
 */
export function bodyProblem(body: Buffer): string | undefined {
  const isLarge = body.length > SMALL_BODY_BYTES
  let structure = 0
  let depth = 0
  let outside = 0
  let position = body.subarray(0, 3).equals(BOM) ? 3 : 0
  let hasStarted = false
  for (; position < body.length; position++) {
    if (++outside > MAX_OUTSIDE_BYTES) return 'too many characters outside of strings'
    const byte = body[position]!
    if (!hasStarted && !isSpace(byte)) {
      if (byte !== OPEN_BRACE) return 'the body is not a JSON object'
      hasStarted = true
    }
    if (byte === QUOTE) {
      const end = endOfString(body, position + 1)
      const text = body.subarray(position + 1, end)
      if (isKey(body, end + 1)) {
        if (depth === 1 && !text.equals(DATA)) return 'the body has a field other than `data`'
        // The SDK would log the whole value of an unknown @type. Small ones carry integers of 64 bits.
        if (isLarge && (text.length > 100 || text.includes(BACKSLASH) || text.equals(TYPE)))
          return 'a large body has an unknown field'
      } else if (text.length > MAX_TEXT_BYTES && !isAscii(text)) return 'a text is too long'
      position = end
      structure++
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      structure++
      if (++depth > MAX_DEPTH) return 'the body has too many levels'
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--
    else if (byte === COMMA || byte === COLON) structure++
    if (structure > MAX_STRUCTURE) return 'the body has too many values'
  }
  return undefined
}

const DATA = Buffer.from('data')
const TYPE = Buffer.from('@type')

/** The position of the closing quote, or the length of the body. */
function endOfString(body: Buffer, start: number): number {
  for (let end = body.indexOf(QUOTE, start); end !== -1; end = body.indexOf(QUOTE, end + 1)) {
    let backslashes = 0
    while (end - backslashes - 1 >= start && body[end - backslashes - 1] === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return end
  }
  return body.length
}

function isKey(body: Buffer, position: number): boolean {
  let next = position
  // More white space than allowed makes the body invalid in any case.
  while (next - position <= MAX_OUTSIDE_BYTES && next < body.length && isSpace(body[next]!)) next++
  return body[next] === COLON
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
