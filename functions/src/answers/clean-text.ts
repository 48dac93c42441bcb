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
const SELECTORS = String.raw`\ufe00-\ufe0f\u{e0100}-\u{e01ef}`
/** One variation selector chooses a glyph. More of them are invisible data. */
const REPEATED_SELECTORS = new RegExp(`(?<=[${SELECTORS}])[${SELECTORS}]+`, 'gu')
/** The start of an HTML tag, comment or autolink. "a < b" and "<3" are not. */
const TAG_STARTS = /<(?=[a-z/!?])/gi
/** Markdown links, images and link definitions. */
const LINK_TARGETS = /\](?=[(:])/g
/** The lookbehind keeps the search linear: a run of spaces is tried from its beginning only. */
const TRAILING_SPACE = /(?<![^\S\n])[^\S\n]+(?=\n)/g
/** Controls other than tab and line feed. */
const CONTROLS = /(?![\t\n])\p{Cc}/gu

/**
 * Model text on one line: NFC, no invisible characters, no effective markup, white space collapsed, at most
 * `maxLength` characters.
 */
export function cleanText(text: string, maxLength: number): string {
  return shortened(withoutMarkup(singleLine(text.slice(0, maxLength * 10), maxLength * 10)), maxLength)
}

/** Text on one line, as cleanText(), with its markup. */
export function singleLine(text: string, maxLength: number): string {
  // A label can be as long as an answer. Ten times the limit leaves room for characters that are removed.
  const plain = visible(composed(text.slice(0, maxLength * 10)).replace(SEPARATORS, ' '))
    .replace(/\s+/g, ' ')
    .trim()
  return shortened(plain, maxLength)
}

/**
 * Model text of several lines: NFC, no invisible or control characters, no effective markup, at most one empty
 * line in a row, at most `maxLength` characters.
 */
export function cleanLines(text: string, maxLength = Number.POSITIVE_INFINITY): string {
  const lines = composed(text.slice(0, maxLength * 10))
    .replace(/\r\n?|[\p{Zl}\p{Zp}]/gu, '\n')
    .replace(CONTROLS, '')
  return shortened(
    withoutMarkup(visible(lines))
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
  return text.replace(INVISIBLE, '').replace(STRAY_JOINERS, '').replace(REPEATED_SELECTORS, '')
}

/** Markup stays readable, but has no effect: `<b>` becomes `‹b>`, and `[a](b)` becomes `[a] (b)`. */
function withoutMarkup(text: string): string {
  return text.replace(TAG_STARTS, '‹').replace(LINK_TARGETS, '] ')
}
