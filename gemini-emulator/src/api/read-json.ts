import { badRequest } from './api-error.ts'

/**
 * Parses JSON as leniently as Google's servers: accepts single quotes and trailing commas, which samples of
 * the guide contain. https://ai.google.dev/gemini-api/docs/image-understanding, 2026-11.
 */
export function readJson(body: Buffer): unknown {
  const text = body.toString('utf8')
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    try {
      return JSON.parse(text.replace(LENIENT, toStrict))
    } catch (error) {
      throw badRequest([
        {
          field: '',
          description: `Invalid JSON payload received. ${(error as Error).message.slice(0, 200)}`,
        },
      ])
    }
  }
}

// Repeats character classes only: repeated alternatives would overflow the stack on megabytes of base64.
const LENIENT = /"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'|,(?=\s*[\]}])/gs

function toStrict(token: string): string {
  if (token === ',') return ''
  if (token.startsWith('"')) return token
  const inside = token
    .slice(1, -1)
    .replaceAll("\\'", "'")
    .replaceAll(/(?<!\\)"/g, '\\"')
  return `"${inside}"`
}
