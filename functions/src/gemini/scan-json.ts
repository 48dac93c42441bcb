/** Where a JSON value ends; or, if it does not, what of its lists is whole, with the brackets that are missing closed. */
export type JsonScan = { end: number | undefined; wholeElements: string | undefined }

/**
 * Walks over one JSON value by its brackets and strings alone, so that it also works on text that a parser would refuse.
 * @param start index of its first bracket
 */
export function scanJson(text: string, start: number): JsonScan {
  const open: string[] = []
  let cut: { end: number; closing: string } | undefined
  for (let i = start; i < text.length; i++) {
    const character = text[i]
    if (character === '"') {
      i = endOfString(text, i)
    } else if (character === '[' || character === '{') {
      open.push(character === '[' ? ']' : '}')
    } else if (character === ']' || character === '}') {
      open.pop()
      if (open.length === 0) return { end: i + 1, wholeElements: undefined }
      if (character === '}' && open.at(-1) === ']') cut = { end: i + 1, closing: open.toReversed().join('') }
    }
  }
  return { end: undefined, wholeElements: cut && text.slice(start, cut.end) + cut.closing }
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') return i
  }
  return text.length
}
