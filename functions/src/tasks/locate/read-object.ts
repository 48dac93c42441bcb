import { type Box2d, isEmptyBox2d } from '../../annotations/box.ts'
import type { DropReason } from '../../annotations/drop-reasons.ts'
import { isPlainObject } from '../../gemini/answer-json.ts'
import { cleanText } from '../clean-text.ts'
import { boxOf, readBox2d } from './read-box.ts'
import { maskOf, outlineOf } from './read-mask.ts'
import { boundsOf } from './read-outline.ts'

/** An object whose mask is still to be read. */
export type FoundObject = { label: string; box2d: Box2d; mask: unknown }

const MAX_LABEL = 80
const NO_LABEL = 'object'
const LABEL_KEYS = ['label', 'name', 'class', 'category', 'object', 'title', 'description']

/** One entry of an answer, or why it is no object that we can use. */
export function readObject(item: unknown): FoundObject | DropReason {
  if (!isPlainObject(item)) return 'object-unreadable'
  const mask = maskOf(item)
  const box = boxOf(item)
  const box2d = box === undefined ? boxAround(mask) : readBox2d(box)
  if (box2d) return isEmptyBox2d(box2d) ? 'box-empty' : { label: labelOf(item), box2d, mask }
  if (box !== undefined) return 'box-unreadable'
  return 'point' in item ? 'point-only' : 'box-missing'
}

/** Where a box is missing: the bounds of the outline, if that says which of its coordinates is x. */
function boxAround(mask: unknown): Box2d | undefined {
  const outline = outlineOf(mask)
  return outline?.named ? boundsOf(outline.rings) : undefined
}

/** Text for people and nothing else: never a name of a file, never markup. */
function labelOf(item: Record<string, unknown>): string {
  for (const key of LABEL_KEYS) {
    const value = item[key]
    if (typeof value !== 'string' && typeof value !== 'number') continue
    const label = cleanText(String(value), MAX_LABEL)
    if (label !== '') return label
  }
  return NO_LABEL
}
