import { answerPlaces, type Block } from '../../answers/answer-blocks.ts'
import { isPlainObject } from '../../answers/answer-json.ts'
import { type Fragment, objectsWith } from '../../answers/damaged-json.ts'
import { jsonPieces, parse } from '../../answers/json-pieces.ts'
import { ENTRY_KEY, hasFields } from './fields.ts'
import { countBoxKeys, parseItem, RepairBudget, restoreItem, splitFragment } from './restore-item.ts'

/** The entries of an answer, still to be read. */
export type FoundItems = {
  items: unknown[]
  /** Entries that nothing could be made of: whole ones, and those that break off. */
  lost: { unreadable: number; cut: number }
  /** The model said, as JSON, that there are none. */
  saysNone: boolean
  /** Some of the JSON was damaged. */
  damaged: boolean
}

/** Names under which a list of objects stands in an object around it. */
const LIST =
  /^(?:objects|items|detections|segments|results|annotations|b?boxes|bounding_?boxes|(?:segmentation_?)?masks)$/i
/** What damaged JSON has to mention to be of interest: prose has brackets too. */
const MENTION = /2d|box|mask|label|polygon|point/i
/** An empty list on a line of its own: one within a line of prose or code says nothing. */
const EMPTY_LIST = /^[ \t]*\[\s{0,40}\][ \t]*$/m
/** To repair an entry takes a tenth of a millisecond. Of an answer with more broken ones than a photo may have objects the rest is lost. */
const MAX_BROKEN = 255

/**
 * Finds the list: in fences, in prose, in several blocks, in objects around it; and where its JSON is damaged, entry by entry. Takes time in
 * proportion to the text's length.
 */
export function findItems(text: string): FoundItems {
  const places: FoundItems[] = []
  for (const blocks of answerPlaces(text)) {
    const found = findIn(blocks)
    if (found.items.length > 0) return found
    places.push(found)
  }
  // Quotes that were escaped, though they stand in no string.
  if (text.includes('\\"')) {
    const found = findIn([{ text: text.replaceAll('\\"', '"'), word: '' }])
    if (found.items.length > 0) return { ...found, damaged: true }
  }
  // Where nothing can be used, what was lost says more than a denial somewhere else.
  const losing = places.find(({ lost }) => lost.unreadable + lost.cut > 0)
  return losing ?? places.find(({ saysNone }) => saysNone) ?? places[0]!
}

function findIn(blocks: Block[]): FoundItems {
  const found: FoundItems = { items: [], lost: { unreadable: 0, cut: 0 }, saysNone: false, damaged: false }
  for (const { text, word } of blocks) {
    const { values, damaged, whole } = jsonPieces(text)
    // From the whole block, and not from its damaged pieces alone: where those end is uncertain.
    if (damaged.some((piece) => MENTION.test(piece))) salvage(text, found)
    // No braces, but a box or a mask that lost its own.
    else if (values.every(isPlainList) && MENTION.test(text)) restore([{ text, whole: false }], found)
    else for (const value of values) collect(value, found, whole)
    if (whole ? word !== '' && isDenial(values[0]) : EMPTY_LIST.test(word)) found.saysNone = true
  }
  return found
}

function salvage(text: string, found: FoundItems): void {
  const fragments = objectsWith(ENTRY_KEY, text)
  restore(fragments, found)
  // Entries that are in no fragment, or in another one's.
  const hidden =
    countBoxKeys(text) - fragments.reduce((sum, fragment) => sum + countBoxKeys(fragment.text), 0)
  found.lost.unreadable += Math.max(hidden, 0)
}

function restore(fragments: Fragment[], found: FoundItems): void {
  found.damaged = true
  const budget = new RepairBudget()
  let broken = 0
  for (const fragment of fragments) {
    const parsed = broken < MAX_BROKEN ? parseItem(fragment) : undefined
    if (parsed) {
      found.items.push(parsed)
      continue
    }
    broken++
    const parts = broken <= MAX_BROKEN ? splitFragment(fragment) : []
    const items = parts.map((part) => parseItem(part) ?? restoreItem(part, budget))
    found.items.push(...items.filter((item) => item !== undefined))
    const lost =
      Math.max(parts.length, countBoxKeys(fragment.text), 1) -
      items.filter((item) => item !== undefined).length
    found.lost[fragment.whole ? 'unreadable' : 'cut'] += lost
  }
}

/** Walks over a value in order, without recursion: answers may be nested a hundred thousand times. */
function collect(root: unknown, found: FoundItems, whole: boolean): void {
  // What is no object in a list of objects. In prose, a list of numbers is a remark.
  if (whole && Array.isArray(root))
    found.lost.unreadable += root.filter((element) => isPlain(element) && !decoded(element)).length
  const waiting: { value: unknown; label?: unknown }[] = [{ value: root }]
  while (waiting.length > 0) {
    const next = waiting.pop()!
    const value = typeof next.value === 'string' ? decoded(next.value) : next.value
    if (isPlainObject(value) && isEntry(value)) {
      // A key that swallowed a box: quotes that are missing have made one of two entries.
      if (Object.keys(value).some((key) => countBoxKeys(key) > 0)) found.lost.unreadable++
      else
        found.items.push(
          next.label === undefined || 'label' in value ? value : { ...value, label: next.label },
        )
    } else if (typeof value === 'object' && value !== null) {
      const children: unknown[] = Object.values(value)
      const label = isPlainObject(value) ? value.label : next.label
      for (let i = children.length - 1; i >= 0; i--) waiting.push({ value: children[i], label })
    }
  }
}

/** JSON that was encoded twice. */
function decoded(value: unknown): unknown {
  // Most strings are none: looking at the end costs less than trying.
  const parsed =
    typeof value === 'string' && /[\]}"]\s{0,40}$/.test(value.slice(-50)) ? parse(value.trim()) : undefined
  return typeof parsed?.value === 'object' ? parsed.value : undefined
}

function isEntry(value: Record<string, unknown>): boolean {
  return (
    hasFields(value) ||
    ('label' in value && Object.values(value).every((child) => isPlain(child) || isPlainList(child)))
  )
}

/** An empty list, or an object that holds one, nothing else and no error. */
function isDenial(value: unknown): boolean {
  const inner = typeof value === 'string' ? decoded(value) : value
  if (Array.isArray(inner)) return inner.length === 0
  if (!isPlainObject(inner) || inner.error) return false
  const values = Object.entries(inner)
  return (
    values.some(([name, list]) => LIST.test(name) && isEmptyList(list)) &&
    values.every(([, child]) => isPlain(child) || isEmptyList(child))
  )
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

/** Of numbers or words, and not of JSON that was encoded twice. */
function isPlainList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((element) => isPlain(element) && !decoded(element))
  )
}
