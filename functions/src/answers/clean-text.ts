/** Control characters and line separators separate words. */
const SEPARATORS = /[\p{Cc}\p{Zl}\p{Zp}]/gu
/**
 * Format characters: zero-width ones, bidirectional overrides and isolates. They are invisible and can
 * mislead.
 */
const INVISIBLE = /(?![\u200c\u200d])\p{Cf}/gu
/** The two joiners are valid next to pictographs, and in words of scripts that need them. */
const JOINED = String.raw`\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f\p{sc=Arab}\p{sc=Deva}\p{sc=Beng}\p{sc=Sinh}\p{sc=Mlym}\p{sc=Taml}`
const STRAY_JOINERS = new RegExp(`(?<![${JOINED}])[\\u200c\\u200d]+|[\\u200c\\u200d]+(?![${JOINED}])`, 'gu')
/** The lookbehind keeps the search linear: a run of spaces is tried from its beginning only. */
const TRAILING_SPACE = /(?<![^\S\n])[^\S\n]+(?=\n)/g
/** Controls other than tab and line feed. */
const CONTROLS = /(?![\t\n])\p{Cc}/gu

/**
 * Model text on one line: NFC, no invisible characters, white space collapsed, at most `maxLength`
 * characters.
 */
export function cleanText(text: string, maxLength: number): string {
  // A label can be as long as an answer. Ten times the limit leaves room for characters that are removed.
  const plain = visible(composed(text.slice(0, maxLength * 10)).replace(SEPARATORS, ' '))
    .replace(/\s+/g, ' ')
    .trim()
  return shortened(plain, maxLength)
}

/**
 * Model text of several lines: NFC, no invisible or control characters, at most one empty line in a row, at
 * most `maxLength` characters.
 */
export function cleanLines(text: string, maxLength = Number.POSITIVE_INFINITY): string {
  const lines = composed(text.slice(0, maxLength * 10))
    .replace(/\r\n?|[\p{Zl}\p{Zp}]/gu, '\n')
    .replace(CONTROLS, '')
  return shortened(
    visible(lines)
      .replace(TRAILING_SPACE, '')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    maxLength,
  )
}

/** Composed first: removing characters must not join a base character with the accent of another. */
function composed(text: string): string {
  // A lone surrogate is valid JSON, but Firestore refuses a document that contains it.
  return text.toWellFormed().normalize('NFC')
}

function shortened(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  return Array.from(text).slice(0, maxLength).join('').trim()
}

function visible(text: string): string {
  return text.replace(INVISIBLE, '').replace(STRAY_JOINERS, '')
}
