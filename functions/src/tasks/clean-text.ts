// Controls, format characters (zero-width, bidirectional overrides and isolates) and line separators: nothing that people read,
// much that misleads.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Model text as plain text: NFC, without invisible characters, white space collapsed, at most `maxLength` characters. */
export function cleanText(text: string, maxLength: number): string {
  // Half a surrogate pair is legal JSON, but Firestore refuses the document that holds it.
  const plain = text.toWellFormed().normalize('NFC').replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim()
  return Array.from(plain).slice(0, maxLength).join('').trim()
}
