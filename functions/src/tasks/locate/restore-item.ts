import { isPlainObject, repairJson } from '../../gemini/answer-json.ts'
import type { Fragment } from '../../gemini/damaged-json.ts'
import { PNG_BASE64 } from '../../gemini/json-string.ts'
import { pngBytes } from './png-text.ts'
import { boxOf, readBox2d } from './read-box.ts'

/** An entry of a few hundred characters, an outline of some thousands: what is longer has run away. */
const MAX_REPAIRED_LENGTH = 20_000

const PNG = new RegExp(`"?(?:data:image/png;base64,\\s{0,40})?(iVBORw0KGgo${PNG_BASE64})"?`, 'g')
/** White space is bounded: without an end to it, a pattern may take time in proportion to its square. */
const SPACE = String.raw`\s{0,40}`
const NUMBER = String.raw`${SPACE}"?(-?\d{1,15}(?:\.\d{1,15})?)"?${SPACE}`
const BOX = new RegExp(
  String.raw`\b(?:\w{0,20}2d|bbox|box)"?${SPACE}:${SPACE}"?[[(]?${NUMBER},${NUMBER},${NUMBER},${NUMBER}[\])"]`,
  'i',
)
const LABEL = /\b(?:label|name|description)"?\s*:\s*("(?:[^"\\\n]|\\.)*")/gi

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

/**
 * What can be made of an entry that is damaged: the entry repaired, else its fields one by one. Of one that the answer broke off within
 * nothing is guessed: its box must be whole, and its label or its mask.
 * @returns undefined if there is too little to be an object
 */
export function restoreItem({ text, whole }: Fragment): Record<string, unknown> | undefined {
  return (whole ? repairItem(text) : undefined) ?? pickFields(text, whole)
}

/** Masks stay out of the repair: quotes that are missing around them are set, and their length costs nothing. */
function repairItem(text: string): Record<string, unknown> | undefined {
  const masks: string[] = []
  const short = text.replace(PNG, (_, base64: string) => `"@png${masks.push(base64) - 1}"`)
  if (short.length > MAX_REPAIRED_LENGTH) return undefined
  const item = repairJson(short)
  if (!isPlainObject(item) || !readBox2d(boxOf(item))) return undefined
  const reference = typeof item.mask === 'string' ? /^@png(\d+)$/.exec(item.mask) : null
  return reference ? { ...item, mask: masks[Number(reference[1])] } : item
}

/** @param whole false when the entry breaks off: then a box alone is no object */
function pickFields(text: string, whole: boolean): Record<string, unknown> | undefined {
  const words = withoutMiddle(text.replaceAll(PNG, ''))
  const box = BOX.exec(words)
  if (!box) return undefined
  const label = lastLabel(words)
  const png = Array.from(text.matchAll(PNG), ([, base64]) => base64!).find((base64) =>
    Buffer.isBuffer(pngBytes(base64)),
  )
  if (!whole && label === undefined && png === undefined) return undefined
  const mask =
    png ?? /<start_of_mask>|<seg_/.exec(words)?.[0] ?? (/\bmask"?\s*:/.test(words) ? 'unreadable' : undefined)
  return { box_2d: box.slice(1), label, mask }
}

/** What runs away does so in the middle: fields stand before it or after it. */
function withoutMiddle(text: string): string {
  if (text.length <= MAX_REPAIRED_LENGTH) return text
  return `${text.slice(0, MAX_REPAIRED_LENGTH / 2)}\n${text.slice(-MAX_REPAIRED_LENGTH / 2)}`
}

/** The last one, as JSON has it for keys that come twice. */
function lastLabel(text: string): string | undefined {
  const quoted = Array.from(text.matchAll(LABEL)).at(-1)?.[1]
  const label = quoted === undefined ? undefined : repairJson(quoted)
  return typeof label === 'string' ? label : undefined
}
