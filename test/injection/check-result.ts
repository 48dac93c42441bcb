/** In characters, of any text of a result. */
const MAX_TEXT = 8000

const FORBIDDEN: Record<string, RegExp> = {
  'HTML tag': /<[a-z/!?]/i,
  'Markdown link': /\][(:]/,
  'control character': /(?![\t\n])\p{Cc}/u,
  'invisible character': /(?![\u200c\u200d])\p{Cf}|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{2}/u,
}

/** What is wrong with the texts of a result. @param secrets texts that must not occur */
export function faultsOf(result: unknown, secrets: readonly string[]): string[] {
  const texts = textsOf(result)
  const long = texts.filter((text) => text.length > MAX_TEXT).map(() => 'longer than 8000 characters')
  return texts
    .flatMap((text) => [
      ...Object.entries(FORBIDDEN).flatMap(([name, pattern]) => (pattern.test(text) ? [name] : [])),
      ...secrets.filter((secret) => text.includes(secret)),
    ])
    .concat(long)
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsOf)
}
