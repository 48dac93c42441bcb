/** Controls and line separators stand between words. */
const SEPARATORS = /[\p{Cc}\p{Zl}\p{Zp}]/gu
/** Format characters (zero-width ones, bidirectional overrides and isolates) stand within them: nothing that people read, much that misleads. */
const INVISIBLE = /\p{Cf}/gu

/** Model text as plain text: NFC, without invisible characters, white space collapsed, at most `maxLength` characters. */
export function cleanText(text: string, maxLength: number): string {
  // Half a surrogate pair is legal JSON, but Firestore refuses the document that holds it.
  const plain = text
    // No more than may be kept, and what is left out of it: a label can be as long as an answer.
    .slice(0, maxLength * 10)
    .toWellFormed()
    .normalize('NFC')
    .replace(SEPARATORS, ' ')
    .replace(INVISIBLE, '')
    .replace(/\s+/g, ' ')
    .trim()
  return Array.from(plain).slice(0, maxLength).join('').trim()
}
