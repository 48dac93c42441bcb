/*
 * The part of Markdown that models use in answers: paragraphs, lists, headings, code, strong and emphasized
 * text. The result is data, never HTML. Links, images, tables and HTML stay text. Each character is read a
 * limited number of times, so the time is linear in the length of the answer.
 */

export type Inline = string | { kind: 'strong' | 'em' | 'code'; children: Inline[] }

/** The text of paragraphs, headings and items still has its inline markup: see `parseInline()`. */
export type Block =
  | { kind: 'paragraph' | 'heading' | 'code'; text: string }
  | { kind: 'list'; start: number | undefined; items: Item[] }

/** `start` of a list: its first number, or undefined for a list with bullets. */
export type Item = { text: string; blocks: Block[] }

type List = Extract<Block, { kind: 'list' }>
type OpenList = { list: List; indent: number; parent: Block[] }

const FENCE = /^\s*```/
const RULE = /^\s*(?:-{3,}|\*{3,}|_{3,}|(?:\* ){2,}\*)\s*$/
const HEADING = /^#{1,6}\s+(.*)$/
const ITEM = /^(\s*)(?:[-*+•]|(\d{1,9})[.)])\s+(.*)$/
const MAX_DEPTH = 6

export function parseBlocks(answer: string): Block[] {
  const root: Block[] = []
  /** The lists around the current line, the outermost first. */
  let lists: OpenList[] = []
  /** What a line without markup continues. */
  let current: { text: string } | undefined
  const lines = answer.split('\n')

  const addItem = (indent: number, number: string | undefined, text: string) => {
    while (lists.length > 1 && lists.at(-1)!.indent > indent) lists.pop()
    const top = lists.at(-1)
    const item: Item = { text, blocks: [] }
    current = item
    const isNested = top !== undefined && indent >= top.indent + 2 && lists.length < MAX_DEPTH
    const isOrdered = number !== undefined
    if (top && !isNested && isOrdered === (top.list.start !== undefined)) {
      top.list.items.push(item)
      return
    }
    const parent = top ? (isNested ? top.list.items.at(-1)!.blocks : top.parent) : root
    const list: List = { kind: 'list', start: isOrdered ? Number(number) : undefined, items: [item] }
    parent.push(list)
    if (top && !isNested) lists.pop()
    lists.push({ list, indent, parent })
  }

  const addText = (line: string) => {
    if (current) {
      current.text += `\n${line.trim()}`
      return
    }
    const isInItem = lists.length > 0 && /^\s{2,}/.test(line)
    if (!isInItem) lists = []
    const paragraph: Block = { kind: 'paragraph', text: line.trim() }
    ;(isInItem ? lists.at(-1)!.list.items.at(-1)!.blocks : root).push(paragraph)
    current = paragraph
  }

  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!.replaceAll('\t', '    ')
    const item = ITEM.exec(line)
    const heading = HEADING.exec(line)
    if (FENCE.test(line)) {
      let end = index + 1
      while (end < lines.length && !FENCE.test(lines[end]!)) end++
      ;[lists, current] = [[], undefined]
      root.push({ kind: 'code', text: lines.slice(index + 1, end).join('\n') })
      index = end
    } else if (line.trim() === '') current = undefined
    else if (RULE.test(line)) [lists, current] = [[], undefined]
    else if (heading) {
      ;[lists, current] = [[], undefined]
      root.push({ kind: 'heading', text: heading[1]! })
    } else if (item) addItem(item[1]!.length, item[2], item[3]!)
    else addText(line)
  }
  return root
}

type Open = { marker: string; length: number; children: Inline[] }

/** `_` is emphasis only at the edge of a word, so that names such as `image_id` stay as they are. */
const WORD = /[\p{L}\p{N}]/u

export function parseInline(text: string): Inline[] {
  const root: Inline[] = []
  /** At most one of each marker and length, so at most four. */
  const open: Open[] = []
  const add = (part: Inline) => (open.at(-1)?.children ?? root).push(part)
  /** Turns the innermost marker back into text. */
  const giveUp = () => {
    const { marker, length, children } = open.pop()!
    add(marker.repeat(length))
    for (const child of children) add(child)
  }
  const close = (position: number) => {
    while (open.length > position + 1) giveUp()
    const { length, children } = open.pop()!
    add({ kind: length === 2 ? 'strong' : 'em', children })
  }
  /** @returns the number of markers that are neither an end nor a start */
  const readRun = (marker: string, length: number, before: string, after: string): number => {
    let left = length
    const isTight = (inner: string, outer: string) =>
      !/^\s*$/.test(inner) && (marker !== '_' || !WORD.test(outer))
    while (left > 0 && isTight(before, after)) {
      const position = open.findLastIndex((one) => one.marker === marker && one.length <= left)
      if (position === -1) break
      left -= open[position]!.length
      close(position)
    }
    while (left > 0 && isTight(after, before)) {
      const opened = Math.min(left, 2)
      if (open.some((one) => one.marker === marker && one.length === opened)) break
      open.push({ marker, length: opened, children: [] })
      left -= opened
    }
    return left
  }

  let from = 0
  const flush = (to: number) => {
    if (to > from) add(text.slice(from, to))
  }
  for (let at = 0; at < text.length; ) {
    const character = text[at]!
    if (character === '\n') {
      // No emphasis goes on in the next line, so that a stray marker changes one line at most.
      flush(at)
      while (open.length > 0) giveUp()
      from = at
      at++
    } else if (character === '\\' && /[\\`*_#]/.test(text[at + 1] ?? '')) {
      flush(at)
      from = at + 1
      at += 2
    } else if (character === '`' || character === '*' || character === '_') {
      let end = at + 1
      while (text[end] === character) end++
      const codeEnd = character === '`' && end === at + 1 ? text.indexOf('`', end) : -1
      if (codeEnd !== -1 && !text.slice(end, codeEnd).includes('\n')) {
        flush(at)
        add({ kind: 'code', children: [text.slice(end, codeEnd)] })
        from = at = codeEnd + 1
      } else if (character !== '`' && end - at <= 3) {
        flush(at)
        const left = readRun(character, end - at, text[at - 1] ?? '', text[end] ?? '')
        from = end - left
        at = end
      } else at = end
    } else at++
  }
  flush(text.length)
  while (open.length > 0) giveUp()
  return root
}
