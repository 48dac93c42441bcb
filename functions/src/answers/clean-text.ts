/** Controls and line separators stand between words. */
const SEPARATORS = /[\p{Cc}\p{Zl}\p{Zp}]/gu
/** Format characters (zero-width ones, bidirectional overrides and isolates): nothing that people read, much that misleads. */
const INVISIBLE = /(?![\u200c\u200d])\p{Cf}/gu
/** Where the two joiners belong: between pictographs, and within words of scripts that need them. */
const JOINED = String.raw`\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f\p{sc=Arab}\p{sc=Deva}\p{sc=Beng}\p{sc=Sinh}\p{sc=Mlym}\p{sc=Taml}`
const STRAY_JOINERS = new RegExp(`(?<![${JOINED}])[\\u200c\\u200d]+|[\\u200c\\u200d]+(?![${JOINED}])`, 'gu')
/** At the end of a line. What stands before it keeps the search linear: a run is tried from its beginning alone. */
const TRAILING_SPACE = /(?<![^\S\n])[^\S\n]+(?=\n)/g
/** Controls other than tab and line feed. */
const CONTROLS = /(?![\t\n])\p{Cc}/gu

/** Model text as plain text on one line: NFC, without invisible characters, white space collapsed, at most `maxLength` characters. */
export function cleanText(text: string, maxLength: number): string {
  // No more than may be kept, and what is left out of it: a label can be as long as an answer.
  const plain = visible(composed(text.slice(0, maxLength * 10)).replace(SEPARATORS, ' '))
    .replace(/\s+/g, ' ')
    .trim()
  return Array.from(plain).slice(0, maxLength).join('').trim()
}

/** Model text as plain text of several lines: NFC, without invisible or control characters, at most one empty line in a row. */
export function cleanLines(text: string): string {
  const lines = composed(text)
    .replace(/\r\n?|[\p{Zl}\p{Zp}]/gu, '\n')
    .replace(CONTROLS, '')
  return visible(lines)
    .replace(TRAILING_SPACE, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** First of all: what is taken away later must not bring together what did not belong together. */
function composed(text: string): string {
  // Half a surrogate pair is legal JSON, but Firestore refuses the document that holds it.
  return text.toWellFormed().normalize('NFC')
}

function visible(text: string): string {
  return text.replace(INVISIBLE, '').replace(STRAY_JOINERS, '')
}
