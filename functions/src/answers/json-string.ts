/** A data URI up to its base64; the text of a regular expression, as the next one. */
export const DATA_URI = String.raw`data:image/[^\s",]{1,60},\s{0,40}`
/** Base64, also where lines were broken within it, with or without an escape. */
export const PNG_BASE64 = String.raw`[\w+/-]*(?:(?:\s|\\[nr/])+[\w+/-]+)*={0,2}(?:\\[nr])*`

const QUOTE = 34
const BACKSLASH = 92
const NEWLINE = 10
const PNG_START = new RegExp(`(?:${DATA_URI})?iVBORw0KGgo`, 'y')
const WHITE_SPACE = /\s*/y
/** After a line break within a string: the line looks like more JSON, so that the string's closing quote is missing. */
const MORE_JSON = /[{}\]]|"\w{1,40}"\s{0,8}:/y
/** White space and then what may follow a string in JSON, or a key before which the comma was forgotten. */
const AFTER_STRING = /\s*(?:[,:}\]]|$|"\w{1,40}"\s{0,8}:)/y
const BASE64_RUN = new RegExp(PNG_BASE64, 'y')

/**
 * Where a string of damaged JSON ends: the index after its closing quote, or after its last character when the quote is missing. Models
 * forget closing quotes after masks, break lines within strings, and quote within quotes.
 * @param start index of the opening quote
 */
export function endOfString(text: string, start: number): number {
  PNG_START.lastIndex = start + 1
  if (PNG_START.test(text)) return endOfPng(text, start + 1)
  for (let i = start + 1; i < text.length; i++) {
    const character = text.charCodeAt(i)
    if (character === BACKSLASH) {
      i++
    } else if (character === QUOTE) {
      if (matchesAt(AFTER_STRING, text, i + 1)) return i + 1
    } else if (character === NEWLINE) {
      const next = endOfMatch(WHITE_SPACE, text, i)
      if (matchesAt(MORE_JSON, text, next)) return i
      i = next - 1
    }
  }
  return text.length
}

function endOfPng(text: string, start: number): number {
  const base64 = text.indexOf('iVBORw0KGgo', start)
  const end = endOfMatch(BASE64_RUN, text, base64)
  return text.charCodeAt(end) === QUOTE ? end + 1 : end
}

function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at
  return pattern.test(text)
}

/** @returns `at` when the pattern does not match there */
function endOfMatch(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}
