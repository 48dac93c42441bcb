import { isPlainObject } from '../../answers/answer-json.ts'
import { endOfValue, parse } from '../../answers/json-pieces.ts'
import { BOX_KEY, ENTRY_KEYS, fieldsOf, LABEL_KEYS } from './fields.ts'
import { PNG_TEXT, pngBytes } from './png-text.ts'

export type SalvagedEntries = {
  entries: Record<string, unknown>[]
  /** `cut`: the answer broke off within the entry. */
  lost: { unreadable: number; cut: number }
}

/** Salvaging an entry takes a tenth of a millisecond. A photo has no more objects than this. */
const MAX_DAMAGED_ENTRIES = 255
/** The fields of a longer entry are searched at its beginning and its end only. */
const MAX_SEARCHED_LENGTH = 10_000

/* All repetitions are bounded. An unbounded one can take time in proportion to the square of the length. */
const SPACE = String.raw`\s{0,40}`
const KEY_END = String.raw`["']?${SPACE}:`
const LABEL_KEY = LABEL_KEYS.join('|')
/**
 * A brace and a key. Not the value of another key, not text after a mask token (`<seg_4>`), and not a point
 * (`{"x": 1, "y": 2}`).
 */
const ENTRY_START = new RegExp(
  String.raw`\{(?<![:>]${SPACE}\{)${SPACE}(?!["']?[xy]${KEY_END})(?:["']|(?:${ENTRY_KEYS}|${LABEL_KEY})\b|\w{1,40}${SPACE}:)`,
  'gi',
)
const ENTRY_FIELD = new RegExp(String.raw`\b${ENTRY_KEYS}\b`, 'i')
const LABEL_FIELD = new RegExp(String.raw`\b(?:${LABEL_KEY})${KEY_END}`, 'i')
/** The end of a box's key, with or without its quotes, and the beginning of a box. */
const BOX_FIELD = /(?:2d|box)["'\]}\s\\“”]{0,10}[:[{][:\s["'{(]{0,40}(?:-?\d|[xy])/gi

const NUMBER = String.raw`["']?(-?\d{1,15}(?:\.\d{1,15})?)["']?`
const COMMA = String.raw`(?:${SPACE},${SPACE}|\s{1,40})`
/** A key and four complete numbers, also without the colon, a bracket or a comma. */
const BOX = new RegExp(
  String.raw`\b${BOX_KEY}["']?${SPACE}:?${SPACE}["']?[[(]?${SPACE}${[NUMBER, NUMBER, NUMBER, NUMBER].join(COMMA)}` +
    String.raw`(?=${SPACE}(?:[\])"'}]|,(?!${SPACE}["']?-?\d)))`,
  'gi',
)
const NEXT_KEY = String.raw`,${SPACE}["']?\w{1,40}${KEY_END}`
const LABEL_CHARACTER = String.raw`(?:[^"\\\n{}[\]:,]|(?!${NEXT_KEY}),)`
/** A key and its text: in double quotes, which may contain quotes, or without a complete pair of them. */
const LABEL = new RegExp(
  String.raw`\b(${LABEL_KEY})${KEY_END}${SPACE}(?:` +
    String.raw`"((?:[^"\\]|\\[^]|"(?!${SPACE}[:,}\]])){0,200})"(?=${SPACE}(?:[,}\]]|$|"\w))|` +
    String.raw`["']?(${LABEL_CHARACTER}{200}|${LABEL_CHARACTER}{1,200}(?=["\n{}[\]:\\]|${NEXT_KEY})))?`,
  'gi',
)
const TOKENS = /<start_of_mask>|<seg_/
/** All points: the next key or the end of the entry follows. */
const OUTLINE = new RegExp(
  String.raw`\b(?:mask|polygon|segmentation|outline|contour)${KEY_END}${SPACE}["']?(\[[\d\s,.[\]-]+\])["']?${SPACE}` +
    String.raw`(?:\}|,${SPACE}["'a-z}])`,
  'i',
)
const MASK_FIELD = /\bmask["']?\s{0,40}:/i

/** The number of places at which a text has the key of a box and a value. */
export function countBoxFields(text: string): number {
  return text.match(BOX_FIELD)?.length ?? 0
}

/**
 * The entries in damaged JSON. The text is split where entries begin. Each part is parsed; if that fails, its
 * box, label and mask are searched. A part with two boxes or two labels is lost, because it is uncertain
 * which belong together. Takes time in proportion to the text's length.
 */
export function salvageEntries(text: string): SalvagedEntries {
  const salvaged: SalvagedEntries = { entries: [], lost: { unreadable: 0, cut: 0 } }
  const starts = Array.from(text.matchAll(ENTRY_START), ({ index }) => index)
  if (starts.length === 0) {
    addFields(text, true, salvaged)
    return salvaged
  }
  salvaged.lost.unreadable = countBoxFields(text.slice(0, starts[0]))
  const parts = starts.map((start, index) => text.slice(start, starts[index + 1]))
  let damaged = 0
  parts.forEach((part, index) => {
    if (!ENTRY_FIELD.test(part)) return
    const entry =
      damaged < MAX_DAMAGED_ENTRIES ? parseObject(part.slice(0, part.lastIndexOf('}') + 1)) : undefined
    if (entry) salvaged.entries.push(entry)
    else if (++damaged <= MAX_DAMAGED_ENTRIES) salvagePart(part, index === parts.length - 1, salvaged)
    else salvaged.lost.unreadable += Math.max(countBoxFields(part), 1)
  })
  return salvaged
}

function salvagePart(part: string, isLast: boolean, salvaged: SalvagedEntries): void {
  const end = endOfValue(part, 0)
  const entry = parseObject(part.slice(0, end))
  const rest = part.slice(end)
  const { boxes, labels } = fieldsOf(entry ?? {})
  const boxesAfter = countBoxFields(rest)
  // A label after the object belongs to it: the closing brace is one too many.
  if (!entry || boxes.length === 0 || (labels.length === 0 && boxesAfter === 0 && LABEL_FIELD.test(rest))) {
    addFields(part, isLast && !part.includes('}'), salvaged)
    return
  }
  salvaged.entries.push(entry)
  // The next entry has no opening brace. Its label is certain only if this entry has one.
  if (boxesAfter > 0 && labels.length > 0) addFields(rest, isLast && !rest.includes('}'), salvaged)
  else salvaged.lost.unreadable += boxesAfter
}

function addFields(part: string, isCut: boolean, { entries, lost }: SalvagedEntries): void {
  const boxes = countBoxFields(part)
  const entry = boxes > 1 ? undefined : findFields(part, isCut)
  if (entry) entries.push(entry)
  else lost[isCut ? 'cut' : 'unreadable'] += Math.max(boxes, 1)
}

/** @param isCut the answer broke off within the entry: it needs a label or a mask besides its box */
function findFields(part: string, isCut: boolean): Record<string, unknown> | undefined {
  const words = withoutMiddle(part.replaceAll(PNG_TEXT, ''))
  const boxes = Array.from(words.matchAll(BOX), (match) => match.slice(1))
  const labels = Array.from(words.matchAll(LABEL), ([, key, quoted, bare]) => ({
    key: key!.toLowerCase(),
    text: quoted === undefined ? bare?.replace(/[\s,']+$/, '') : unquoted(quoted),
  }))
  if (boxes.length !== 1 || new Set(labels.map(({ key }) => key)).size < labels.length) return undefined
  const [label] = LABEL_KEYS.flatMap((name) => labels.find(({ key }) => key === name)?.text ?? [])
  const png = Array.from(part.matchAll(PNG_TEXT), ([, base64]) => unescaped(base64!)).find((base64) =>
    Buffer.isBuffer(pngBytes(base64)),
  )
  if (isCut && label === undefined && png === undefined) return undefined
  const mask =
    png ??
    OUTLINE.exec(words)?.[1] ??
    TOKENS.exec(words)?.[0] ??
    (MASK_FIELD.test(words) ? 'unreadable' : undefined)
  return { box_2d: boxes[0], label, mask }
}

/** An answer that repeats itself without end does so within an entry: the fields are before or after it. */
function withoutMiddle(text: string): string {
  if (text.length <= MAX_SEARCHED_LENGTH) return text
  return `${text.slice(0, MAX_SEARCHED_LENGTH / 2)}\n…\n${text.slice(-MAX_SEARCHED_LENGTH / 2)}`
}

/** The text of a JSON string, which may contain quotes, line breaks and unknown escape sequences. */
function unquoted(text: string): string {
  const parsed = parse(`"${text.replaceAll(/(?<!\\)"/g, '\\"').replaceAll(/\s/g, ' ')}"`)
  return parsed ? String(parsed.value) : text.replaceAll('\\', '')
}

/** Base64 without the escape sequences that JSON allows between its lines. */
function unescaped(base64: string): string {
  return base64.includes('\\') ? base64.replaceAll(/\\[nr]/g, '').replaceAll('\\/', '/') : base64
}

function parseObject(text: string): Record<string, unknown> | undefined {
  const value = parse(text)?.value
  return isPlainObject(value) ? value : undefined
}
