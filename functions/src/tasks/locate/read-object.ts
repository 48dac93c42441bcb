import { isPlainObject } from '../../answers/answer-json.ts'
import { cleanText } from '../../answers/clean-text.ts'
import { type Box2d, isEmptyBox2d } from '../../document/box.ts'
import type { DropReason } from '../../document/drop-reasons.ts'
import { fieldsOf } from './fields.ts'
import { readBox2d } from './read-box.ts'
import { outlineOf } from './read-mask.ts'
import { boundsOf } from './read-outline.ts'

/** An object whose masks are not yet read: the values of all its mask keys. */
export type FoundObject = { label: string; box2d: Box2d; masks: unknown[] }

const MAX_LABEL = 80
const NO_LABEL = 'object'

/** The object of one entry, or the reason why the entry cannot be used. */
export function readObject(item: unknown): FoundObject | DropReason {
  if (!isPlainObject(item)) return 'object-unreadable'
  const { boxes, masks, labels, point } = fieldsOf(item)
  const box2d = boxes.length === 0 ? boxAround(masks) : firstBox(boxes)
  if (box2d) return isEmptyBox2d(box2d) ? 'box-empty' : { label: labelOf(labels), box2d, masks }
  if (boxes.length > 0) return 'box-unreadable'
  return point ? 'point-only' : 'box-missing'
}

function firstBox(boxes: unknown[]): Box2d | undefined {
  return boxes.map(readBox2d).find((box2d) => box2d !== undefined)
}

/** For an entry without a box: the bounds of its outline, if its points name x and y. */
function boxAround(masks: unknown[]): Box2d | undefined {
  const outline = masks.map(outlineOf).find((found) => found?.named)
  return outline && boundsOf(outline.rings)
}

/** For display only: callers must not use it in file names or as markup. */
function labelOf(labels: unknown[]): string {
  for (const value of labels) {
    if (typeof value !== 'string' && typeof value !== 'number') continue
    const label = cleanText(String(value), MAX_LABEL)
    if (label !== '') return label
  }
  return NO_LABEL
}
