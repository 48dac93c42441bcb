const BRACKET = /[[{]/g
/** Prose has few brackets. After this many that hold no JSON, the rest of the text is one damaged piece. */
const MAX_DAMAGED = 50
/** JSON Lines have one value a line. A picture does not have this many objects. */
const MAX_VALUES = 5000

/**
 * The JSON values in a text, and the pieces that begin like JSON but do not parse.
 * `whole`: the text is one value, with nothing around it.
 */
export type JsonPieces = { values: unknown[]; damaged: string[]; whole: boolean }

/** Parses each bracketed piece of a text strictly. Takes time in proportion to the text's length. */
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

/**
 * Parses a list, an object or a string, which may be JSON that was encoded twice.
 * @returns undefined otherwise
 */
export function parse(text: string): { value: unknown } | undefined {
  if (!/^["[{]/.test(text)) return undefined
  try {
    return { value: JSON.parse(text) }
  } catch {
    // The caller repairs or salvages damaged JSON.
    return undefined
  }
}

/**
 * @returns the index after the bracket that closes the one at `start`, or the length of the text if none does
 */
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
