import { answerBlocks } from '../../gemini/answer-blocks.ts'
import { isPlainObject } from '../../gemini/answer-json.ts'
import { type Fragment, objectsWith } from '../../gemini/damaged-json.ts'
import { jsonPieces } from '../../gemini/json-pieces.ts'
import { boxOf } from './read-box.ts'
import { maskOf } from './read-mask.ts'
import { parseItem, restoreItem } from './restore-item.ts'

/** The entries of an answer, still to be read. */
export type FoundItems = {
  items: unknown[]
  /** Entries that nothing could be made of: whole ones, and those that the answer broke off within. */
  lost: { unreadable: number; cut: number }
  /** The model said, as JSON, that there are none. */
  saysNone: boolean
  /** Some of the JSON was damaged. */
  damaged: boolean
}

/** Names under which a list of objects stands in an object around it. */
const LISTS = ['objects', 'boxes', 'items', 'detections', 'segments', 'masks', 'results']
/** What makes an object in damaged JSON one of ours. */
const ENTRY_KEYS = /^(?:\w{0,20}2d|bbox|box|bounding_?box|box_3d|(?:segmentation_?)?mask|polygon|point)$/i
/** What damaged JSON has to mention to be of interest: prose has brackets too. */
const MENTION = /2d|box|mask|label|polygon|point/i
/** To repair an entry takes a tenth of a millisecond. Of an answer with more broken ones than a photo may have objects the rest is lost. */
const MAX_BROKEN = 255

/**
 * Finds the list: in fences, in prose, in several blocks, in objects around it; and where its JSON is damaged, entry by entry. Takes time in
 * proportion to the text's length.
 */
export function findItems(text: string): FoundItems {
  const found = findIn(answerBlocks(text))
  // A fence may hold something else, or be none.
  return found.items.length > 0 || found.saysNone || !text.includes('```') ? found : findIn([text])
}

function findIn(blocks: string[]): FoundItems {
  const found: FoundItems = { items: [], lost: { unreadable: 0, cut: 0 }, saysNone: false, damaged: false }
  for (const block of blocks) {
    const { values, damaged } = jsonPieces(block)
    // From the whole block, and not from its damaged pieces alone: where those end is uncertain.
    if (damaged.some((piece) => MENTION.test(piece))) salvage(objectsWith(ENTRY_KEYS, block), found)
    // No braces, but a box or a mask that lost its own.
    else if (values.every(isPlainList) && MENTION.test(block)) salvage([{ text: block, whole: false }], found)
    else for (const value of values) collect(value, found)
  }
  return found
}

function salvage(fragments: Fragment[], found: FoundItems): void {
  found.damaged = true
  let broken = 0
  for (const fragment of fragments) {
    const parsed = broken < MAX_BROKEN ? parseItem(fragment) : undefined
    const item = parsed ?? (broken < MAX_BROKEN ? restoreItem(fragment) : undefined)
    if (!parsed) broken++
    if (item) found.items.push(item)
    else found.lost[fragment.whole ? 'unreadable' : 'cut']++
  }
}

/** Walks over a value in order, without recursion: answers may be nested a hundred thousand times. */
function collect(root: unknown, found: FoundItems): void {
  if (Array.isArray(root)) {
    if (root.length === 0) found.saysNone = true
    for (const element of root) if (isPlain(element)) found.items.push(element)
  }
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (isPlainObject(value) && isEntry(value)) {
      found.items.push(value)
    } else if (typeof value === 'object' && value !== null) {
      const children = isPlainObject(value) ? childrenOf(value, found) : (value as unknown[])
      for (let i = children.length - 1; i >= 0; i--) waiting.push(children[i])
    }
  }
}

function isEntry(value: Record<string, unknown>): boolean {
  if (boxOf(value) !== undefined || maskOf(value) !== undefined || 'point' in value) return true
  return 'label' in value && Object.values(value).every((child) => isPlain(child) || isPlainList(child))
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

function isPlainList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isPlain)
}

function childrenOf(value: Record<string, unknown>, found: FoundItems): unknown[] {
  if (LISTS.some((name) => Array.isArray(value[name]) && value[name].length === 0)) found.saysNone = true
  return Object.values(value)
}
