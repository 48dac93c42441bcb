const BRACKET = /[[{]/g
/** Brackets in prose are few. After so many that hold no JSON the rest of the text is taken for one damaged piece. */
const MAX_DAMAGED = 50
/** JSON Lines have one value a line; more than so many are no list of what is in a picture. */
const MAX_VALUES = 5000

/** What of a text is JSON, and where something begins like JSON and is none. `whole`: all of the text is one value. */
export type JsonPieces = { values: unknown[]; damaged: string[]; whole: boolean }

/**
 * The JSON in a text that may have prose around it: each bracketed piece, parsed strictly. Takes time in proportion to the text's length.
 */
export function jsonPieces(text: string): JsonPieces {
  const whole = parse(text)
  if (whole) return { values: [whole.value], damaged: [], whole: true }
  const pieces: JsonPieces = { values: [], damaged: [], whole: false }
  BRACKET.lastIndex = 0
  for (let match = BRACKET.exec(text); match; match = BRACKET.exec(text)) {
    const tooMany = pieces.damaged.length >= MAX_DAMAGED || pieces.values.length >= MAX_VALUES
    const end = tooMany ? text.length : endOfValue(text, match.index)
    const piece = text.slice(match.index, end)
    const parsed = parse(piece)
    if (parsed) pieces.values.push(parsed.value)
    else pieces.damaged.push(piece)
    BRACKET.lastIndex = end
  }
  return pieces
}

/** @returns undefined unless the text is a list, an object, or a string (which may be JSON that was encoded twice) */
export function parse(text: string): { value: unknown } | undefined {
  if (!/^["[{]/.test(text)) return undefined
  try {
    return { value: JSON.parse(text) }
  } catch {
    // Not the end of it: what is damaged is repaired or salvaged by those who know what it should hold.
    return undefined
  }
}

/** @returns the index after the bracket that closes the one at `start`, or the text's length if there is none */
export function endOfValue(text: string, start: number): number {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    const character = text[i]
    if (character === '"') {
      i = endOfStrictString(text, i)
    } else if (character === '[' || character === '{') {
      depth++
    } else if (character === ']' || character === '}') {
      depth--
      if (depth === 0) return i + 1
    }
  }
  return text.length
}

function endOfStrictString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') return i
  }
  return text.length
}
