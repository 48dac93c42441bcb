/**
 * A part of an answer that may hold JSON. `statement`: the same text if an empty list in it means "none"; ''
 * for code.
 */
export type Block = { text: string; statement: string }

type Fenced = Block & { json: boolean }

const FENCE = '```'
/** The rest of a text with more fences is one block. */
const MAX_BLOCKS = 100
const LANGUAGE = /^[\w+#.-]{1,20}(?=[\s[{])/
const FENCED = /```[\s\S]*?(?:```|$)/g

/**
 * The places where an answer may hold its JSON, the most likely first; to be read in turn until one has
 * something. A text that begins with JSON needs no fence. Otherwise the fenced blocks are first: all blocks
 * marked as JSON together, or, if there are none, all blocks of other languages. Last is the whole text. An
 * answer that was cut has no closing fence.
 */
export function answerPlaces(text: string): Block[][] {
  const all = text.replace(/^\ufeff/, '').trim()
  const whole = [{ text: all, statement: /^["[{]/.test(all) ? all : all.replaceAll(FENCED, '') }]
  const fenced = fencedBlocks(text).filter((block) => /[[{]/.test(block.text))
  if (fenced.length === 0) return [whole]
  const json = fenced.filter((block) => block.json)
  const blocks = json.length > 0 ? json : fenced
  return /^["[{]/.test(all) ? [whole, blocks] : [blocks, whole]
}

function fencedBlocks(text: string): Fenced[] {
  const blocks: Fenced[] = []
  let opening = text.indexOf(FENCE)
  while (opening !== -1) {
    const start = opening + FENCE.length
    const closing = blocks.length < MAX_BLOCKS ? text.indexOf(FENCE, start) : -1
    const end = closing === -1 ? text.length : closing
    // A slice, because the block may be long, and there may be many.
    const language = (LANGUAGE.exec(text.slice(start, start + 21))?.[0] ?? '').toLowerCase()
    const content = text.slice(start + language.length, end).trim()
    const json = language.startsWith('json')
    blocks.push({ json, text: content, statement: json || language === '' ? content : '' })
    opening = text.indexOf(FENCE, end + FENCE.length)
  }
  return blocks
}
