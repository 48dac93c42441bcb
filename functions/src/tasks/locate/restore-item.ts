import { isPlainObject, repairJson } from '../../answers/answer-json.ts'
import type { Fragment } from '../../answers/damaged-json.ts'
import { DATA_URI, PNG_BASE64 } from '../../answers/json-string.ts'
import { BOX_KEY, fieldsOf, LABEL_KEYS } from './fields.ts'
import { pngBytes } from './png-text.ts'
import { readBox2d } from './read-box.ts'

/** An entry of a few hundred characters, an outline of some thousands: what is longer has run away. */
const MAX_REPAIRED_LENGTH = 10_000

/** What repairs may cost in one answer, in squares of characters: jsonrepair 3.15 takes time by them for some texts. */
export class RepairBudget {
  private left = MAX_REPAIRED_LENGTH ** 2

  allows({ length }: string): boolean {
    if (length ** 2 > this.left) return false
    this.left -= length ** 2
    return true
  }
}

const PNG = new RegExp(`"?(?:${DATA_URI})?(iVBORw0KGgo${PNG_BASE64})"?`, 'g')
/** White space is bounded: without an end to it, a pattern may take time in proportion to its square. */
const SPACE = String.raw`\s{0,40}`
const NUMBER = String.raw`${SPACE}["']?(-?\d{1,15}(?:\.\d{1,15})?)["']?${SPACE}`
const BOX = new RegExp(
  String.raw`\b${BOX_KEY}["']?${SPACE}:${SPACE}["']?[[(]?${NUMBER},${NUMBER},${NUMBER},${NUMBER}[\])"'](?![\d.])`,
  'gi',
)
/** How keys of boxes end, which is found faster than how they begin, whatever became of their quotes; and how a box begins. */
const BOX_FOLLOWS = /(?:2d|box)["'\]}\s\\“”]{0,10}[:[{][:\s["'{(]{0,40}(?:-?\d|[xy]|$)/gi
const LABELS = LABEL_KEYS.map(
  (key) =>
    new RegExp(String.raw`\b${key}["']?${SPACE}:${SPACE}("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')`, 'gi'),
)
const LABEL_NAMES = LABEL_KEYS.map((key) => new RegExp(String.raw`\b${key}["']?${SPACE}:`, 'gi'))
/** What stands between two keys of which the second one replaces the first. */
const ONE_VALUE = /^\s*(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')?["'\s,{]*$/
/** Within an entry: where the next one begins, because a quote was missing at the end of this one. */
const NEXT_ENTRY = new RegExp(
  String.raw`,${SPACE}(?=\{${SPACE}["']?(?:${BOX_KEY}|label|mask)["']?${SPACE}:)`,
  'gi',
)

/** How often a text says that a box follows. */
export function countBoxKeys(text: string): number {
  return text.match(BOX_FOLLOWS)?.length ?? 0
}

/** @returns undefined when the entry is no JSON of its own */
export function parseItem({ text, whole }: Fragment): Record<string, unknown> | undefined {
  if (!whole) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isPlainObject(value) ? value : undefined
  } catch {
    // Expected: it is to be repaired.
    return undefined
  }
}

/** The entries in a fragment that should be one, but holds several because of a quote that is missing. */
export function splitFragment({ text, whole }: Fragment): Fragment[] {
  const parts = text.split(NEXT_ENTRY)
  return parts.map((part, index) => ({
    text: part,
    whole: index < parts.length - 1 ? part.trimEnd().endsWith('}') : whole,
  }))
}

/**
 * What can be made of an entry that is damaged: the entry repaired, else its fields one by one. Of one that the answer broke off within
 * nothing is guessed: its box must be whole, and its label or its mask.
 * @returns undefined if there is too little to be an object
 */
export function restoreItem(
  { text, whole }: Fragment,
  budget: RepairBudget,
): Record<string, unknown> | undefined {
  // Of two boxes, or two labels, nobody knows which belong together.
  if (countBoxKeys(text) > 1 || hasLabelsApart(text)) return undefined
  return (whole ? repairItem(text, budget) : undefined) ?? pickFields(text, whole)
}

/** Masks stay out of the repair: quotes that are missing around them are set, and their length costs nothing. */
function repairItem(text: string, budget: RepairBudget): Record<string, unknown> | undefined {
  const masks: string[] = []
  const short = text.replace(PNG, (_, base64: string) => `"@png${masks.push(unescaped(base64)) - 1}"`)
  if (!budget.allows(short)) return undefined
  const item = repairJson(short)
  if (!isPlainObject(item) || !fieldsOf(item).boxes.some(readBox2d)) return undefined
  const label = fieldsOf(item).labels.length > 0 ? {} : { label: lastLabel(short) }
  const reference = typeof item.mask === 'string' ? /^@png(\d+)$/.exec(item.mask) : null
  return { ...item, ...label, ...(reference && { mask: masks[Number(reference[1])] }) }
}

/** @param whole false when the entry breaks off: then a box alone is no object */
function pickFields(text: string, whole: boolean): Record<string, unknown> | undefined {
  const words = withoutMiddle(text.replaceAll(PNG, ''))
  const [box] = words.matchAll(BOX)
  if (!box) return undefined
  const label = lastLabel(words)
  const png = Array.from(text.matchAll(PNG), ([, base64]) => unescaped(base64!)).find((base64) =>
    Buffer.isBuffer(pngBytes(base64)),
  )
  if (!whole && label === undefined && png === undefined) return undefined
  const mask =
    png ??
    /<start_of_mask>|<seg_/.exec(words)?.[0] ??
    (/\bmask"?\s{0,40}:/.test(words) ? 'unreadable' : undefined)
  return { box_2d: box.slice(1), label, mask }
}

/** JSON's escapes of what may stand in or between lines of base64. */
function unescaped(base64: string): string {
  return base64.includes('\\') ? base64.replaceAll(/\\[nr]/g, '').replaceAll('\\/', '/') : base64
}

/** What runs away does so in the middle: fields stand before it or after it. */
function withoutMiddle(text: string): string {
  if (text.length <= MAX_REPAIRED_LENGTH) return text
  return `${text.slice(0, MAX_REPAIRED_LENGTH / 2)}\n${text.slice(-MAX_REPAIRED_LENGTH / 2)}`
}

/** Under the name that means most; of several the last one, as JSON has it for keys that come twice. */
function lastLabel(text: string): string | undefined {
  for (const pattern of LABELS) {
    const quoted = Array.from(text.matchAll(pattern)).at(-1)?.[1]
    const label = quoted === undefined ? undefined : repairJson(quoted)
    if (typeof label === 'string') return label
  }
  return undefined
}

/** Whether a text has the same label key twice, and not merely one after the other. */
function hasLabelsApart(text: string): boolean {
  const words = withoutMiddle(text.replaceAll(PNG, ''))
  return LABEL_NAMES.some((pattern) => {
    const matches = Array.from(words.matchAll(pattern))
    return matches.some((match, index) => {
      const previous = matches[index - 1]
      return previous && !ONE_VALUE.test(words.slice(previous.index + previous[0].length, match.index))
    })
  })
}
