/** `json` when the fence says so. */
type Fenced = { json: boolean; text: string }

const FENCE = '```'
/** An answer has one, or one for each thing it was asked. The rest of a text with more is taken for one block. */
const MAX_BLOCKS = 100
const LANGUAGE = /^[a-zA-Z]{1,20}(?=[\s[{])/

/**
 * Where an answer keeps its JSON: in its fenced blocks, of which there may be several, or else anywhere in it. Blocks that are marked as
 * JSON win over others (code that looks at the picture, for one). An answer that was cut has no closing fence.
 */
export function answerBlocks(text: string): string[] {
  const fenced = fencedBlocks(text).filter((block) => /[[{]/.test(block.text))
  const json = fenced.filter((block) => block.json)
  const blocks = json.length > 0 ? json : fenced
  return blocks.length > 0 ? blocks.map((block) => block.text) : [text.trim()]
}

function fencedBlocks(text: string): Fenced[] {
  const blocks: Fenced[] = []
  let opening = text.indexOf(FENCE)
  while (opening !== -1) {
    const start = opening + FENCE.length
    const closing = blocks.length < MAX_BLOCKS ? text.indexOf(FENCE, start) : -1
    const end = closing === -1 ? text.length : closing
    // No more than a language is looked at here: a block may be long, and there may be many.
    const language = LANGUAGE.exec(text.slice(start, start + 21))?.[0] ?? ''
    blocks.push({
      json: language.toLowerCase() === 'json',
      text: text.slice(start + language.length, end).trim(),
    })
    opening = text.indexOf(FENCE, end + FENCE.length)
  }
  return blocks
}
