import { isPlainObject } from '../../answers/answer-json.ts'
import type { Box2d } from '../../document/box.ts'
import type { DropReason } from '../../document/drop-reasons.ts'
import { fieldsOf } from './fields.ts'
import { looksLikePng, pngBytes } from './png-text.ts'
import { type Outline, orient, type Ring, readOutline } from './read-outline.ts'

/** A mask as the model gives it: a PNG of the box, still to be distrusted, or an outline in 0 to 1000 of the image, x first. */
export type AnswerMask = { form: 'png'; png: Buffer } | { form: 'polygon'; rings: readonly Ring[] }

/** No reason if the model gave no mask. */
export type ReadMask = { mask: AnswerMask | null; reason?: DropReason }

const START = '<start_of_mask>'
/** Points in text: two thousand of them, with names and spaces. */
const MAX_OUTLINE_TEXT = 100_000
const NUMBERS_ALONE = /^[\s\d.,;()[\]-]+$/
const NUMBER = /-?\d{1,15}(?:\.\d{1,15})?/g

/** The first of an object's masks that can be used, or null with the reason why the first one cannot. */
export function readMasks(masks: readonly unknown[], box2d: Box2d): ReadMask {
  let first: ReadMask | undefined
  for (const mask of masks) {
    const read = readMask(mask, box2d)
    if (read.mask) return read
    first ??= read
  }
  return first ?? { mask: null }
}

/** The mask of one object, or null with the reason why there is none to draw. */
export function readMask(value: unknown, box2d: Box2d): ReadMask {
  const mask = unwrap(value)
  if (mask === undefined || mask === null || mask === '') return { mask: null }
  if (typeof mask === 'string') {
    if (looksLikePng(mask)) return readPng(mask)
    // Tokens of a decoder that is not public, or the announcement of some that never came: https://discuss.ai.google.dev/t/146559, 2026-11.
    if (mask.includes('<seg_') || mask.trim() === START) return { mask: null, reason: 'mask-tokens' }
  }
  const outline = outlineOf(mask)
  if (!outline) return { mask: null, reason: 'mask-unreadable' }
  const rings = orient(outline, box2d)
  return rings ? { mask: { form: 'polygon', rings } } : { mask: null, reason: 'mask-outside-box' }
}

/** The outline that a mask is, also where it is text; undefined if it is none. */
export function outlineOf(value: unknown): Outline | undefined {
  const mask = unwrap(value)
  if (typeof mask !== 'string') return readOutline(mask)
  const text = mask.replace(START, '').trim()
  if (text.length > MAX_OUTLINE_TEXT) return undefined
  return (
    readOutline(parseList(text)) ?? (NUMBERS_ALONE.test(text) ? readOutline(text.match(NUMBER)) : undefined)
  )
}

function parseList(text: string): unknown {
  try {
    return text.startsWith('[') ? JSON.parse(text) : undefined
  } catch {
    // No JSON: the caller counts it.
    return undefined
  }
}

/** A mask within a list or an object of its own, or after the mark of tokens. */
function unwrap(value: unknown): unknown {
  const inner = isPlainObject(value) ? (fieldsOf(value).masks[0] ?? unknownForm(value)) : value
  const only = Array.isArray(inner) && inner.length === 1 && typeof inner[0] === 'string' ? inner[0] : inner
  if (typeof only !== 'string' || !only.startsWith(START)) return only
  const rest = only.slice(START.length)
  return looksLikePng(rest) ? rest : only
}

/** An object that holds no mask under a name we know, but something: it is for the caller to count. */
function unknownForm(mask: Record<string, unknown>): Record<string, unknown> | undefined {
  return Object.values(mask).every((value) => value === null || value === '') ? undefined : mask
}

function readPng(text: string): ReadMask {
  const png = pngBytes(text)
  if (png === undefined) return { mask: null, reason: 'mask-unreadable' }
  return png === 'too-large' ? { mask: null, reason: 'mask-too-large' } : { mask: { form: 'png', png } }
}
