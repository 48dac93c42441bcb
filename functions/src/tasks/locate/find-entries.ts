import { answerPlaces, type Block } from '../../answers/answer-blocks.ts'
import { isPlainObject } from '../../answers/answer-json.ts'
import { jsonPieces, parse } from '../../answers/json-pieces.ts'
import { hasFields } from './fields.ts'
import { countBoxFields, type SalvagedEntries, salvageEntries } from './salvage-entries.ts'

/** The entries of an answer, not yet read. */
export type FoundEntries = {
  entries: unknown[]
  lost: SalvagedEntries['lost']
  /** The model stated, as JSON, that there are none. */
  statesNone: boolean
  /** Some of the JSON was damaged. */
  damaged: boolean
}

/** Keys of a list of objects in an object around it. */
const LIST =
  /^(?:objects|items|detections|segments|results|annotations|b?boxes|bounding_?boxes|(?:segmentation_?)?masks)$/i
/** Damaged JSON without any of these has no entries: prose has brackets too. */
const MENTION = /2d|box|mask|label|polygon|point/i
/** An empty list on a line of its own. Within a line of prose or code it has no meaning. */
const EMPTY_LIST = /^[ \t]*\[\s{0,40}\][ \t]*$/m

/**
 * Finds the list of objects: in fences, in prose, in several blocks, in objects around it. Salvages the
 * entries of damaged JSON. Takes time in proportion to the text's length.
 */
export function findEntries(text: string): FoundEntries {
  const places: FoundEntries[] = []
  for (const blocks of answerPlaces(text)) {
    const found = findIn(blocks)
    if (found.entries.length > 0) return found
    places.push(found)
  }
  // All quotes are escaped, although the text is not in a string.
  if (text.includes('\\"')) {
    const found = findIn([{ text: text.replaceAll('\\"', '"'), statement: '' }])
    if (found.entries.length > 0) return { ...found, damaged: true }
  }
  // Lost entries are stronger evidence than an empty list in another place.
  const losing = places.find(({ lost }) => lost.unreadable + lost.cut > 0)
  return losing ?? places.find(({ statesNone }) => statesNone) ?? places[0]!
}

function findIn(blocks: Block[]): FoundEntries {
  const found: FoundEntries = {
    entries: [],
    lost: { unreadable: 0, cut: 0 },
    statesNone: false,
    damaged: false,
  }
  for (const { text, statement } of blocks) {
    const { values, damaged, whole } = jsonPieces(text)
    const isDamaged = damaged.some((piece) => MENTION.test(piece))
    // Without braces, a box or a mask may have lost those of its entry.
    if (isDamaged || (values.every(isPlainList) && MENTION.test(text))) salvage(text, found)
    else for (const value of values) collect(value, found, whole)
    if (whole ? statement !== '' && isEmptyAnswer(values[0]) : EMPTY_LIST.test(statement))
      found.statesNone = true
  }
  return found
}

/** @param text the whole block: it is uncertain where its damaged pieces end */
function salvage(text: string, found: FoundEntries): void {
  const { entries, lost } = salvageEntries(text)
  found.damaged = true
  found.lost.unreadable += lost.unreadable
  found.lost.cut += lost.cut
  for (const entry of entries) collect(entry, found, false)
}

/** Walks through a value in order. Without recursion, because an answer may be nested 100,000 levels deep. */
function collect(root: unknown, found: FoundEntries, whole: boolean): void {
  // Elements of a list of objects that are not objects. In prose, a list of numbers is only a remark.
  if (whole && Array.isArray(root))
    found.lost.unreadable += root.filter((element) => isPlain(element) && !decoded(element)).length
  const waiting: { value: unknown; label?: unknown }[] = [{ value: root }]
  while (waiting.length > 0) {
    const next = waiting.pop()!
    const value = typeof next.value === 'string' ? decoded(next.value) : next.value
    if (isPlainObject(value) && isEntry(value)) {
      // A key that contains a box: missing quotes have joined two entries.
      if (Object.keys(value).some((key) => countBoxFields(key) > 0)) found.lost.unreadable++
      else
        found.entries.push(
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
  // Most strings are not JSON: a look at the end is cheaper than parsing.
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

/** An empty list, or an object with an empty list, no other list and no error. */
function isEmptyAnswer(value: unknown): boolean {
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

/** A list of numbers or words that are not JSON encoded twice. */
function isPlainList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((element) => isPlain(element) && !decoded(element))
  )
}
