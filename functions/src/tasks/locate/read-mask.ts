import { isPlainObject } from '../../answers/answer-json.ts'
import type { Box2d } from '../../document/box.ts'
import type { DropReason } from '../../document/drop-reasons.ts'
import { fieldsOf } from './fields.ts'
import { looksLikePng, pngBytes } from './png-text.ts'
import { type Outline, orient, type Ring, readOutline } from './read-outline.ts'

/**
 * A mask as the model gave it: an unverified PNG of the box, or an outline in 0 to 1000 of the image, x
 * first.
 */
export type AnswerMask = { form: 'png'; png: Buffer } | { form: 'polygon'; rings: readonly Ring[] }

/** `reason`: why the mask cannot be used. Absent if the model gave no mask. */
export type ReadMask = { mask: AnswerMask | null; reason?: DropReason }

const START = '<start_of_mask>'
/** Two thousand points as text, with names and spaces. */
const MAX_OUTLINE_TEXT = 100_000
const ONLY_NUMBERS = /^[\s\d.,;()[\]-]+$/
const NUMBER = /-?\d{1,15}(?:\.\d{1,15})?/g

/** The first usable mask of an object, or null with the reason why its first mask cannot be used. */
export function readMasks(masks: readonly unknown[], box2d: Box2d): ReadMask {
  let first: ReadMask | undefined
  for (const mask of masks) {
    const read = readMask(mask, box2d)
    if (read.mask) return read
    first ??= read
  }
  return first ?? { mask: null }
}

/** A mask, or null with the reason why it cannot be used. */
export function readMask(value: unknown, box2d: Box2d): ReadMask {
  const mask = unwrap(value)
  if (mask === undefined || mask === null || mask === '') return { mask: null }
  if (typeof mask === 'string') {
    if (looksLikePng(mask)) return readPng(mask)
    // Tokens of a decoder that is not public, or only their start: https://discuss.ai.google.dev/t/146559,
    // 2026-11.
    if (mask.includes('<seg_') || mask.trim() === START) return { mask: null, reason: 'mask-tokens' }
  }
  const outline = outlineOf(mask)
  if (!outline) return { mask: null, reason: 'mask-unreadable' }
  const rings = orient(outline, box2d)
  return rings ? { mask: { form: 'polygon', rings } } : { mask: null, reason: 'mask-outside-box' }
}

/** A mask as an outline, also from text; undefined if it is not an outline. */
export function outlineOf(value: unknown): Outline | undefined {
  const mask = unwrap(value)
  if (typeof mask !== 'string') return readOutline(mask)
  const text = mask.replace(START, '').trim()
  if (text.length > MAX_OUTLINE_TEXT) return undefined
  return (
    readOutline(parseList(text)) ?? (ONLY_NUMBERS.test(text) ? readOutline(text.match(NUMBER)) : undefined)
  )
}

function parseList(text: string): unknown {
  try {
    return text.startsWith('[') ? JSON.parse(text) : undefined
  } catch {
    // The caller counts the mask as unreadable.
    return undefined
  }
}

/** Unwraps a mask in a list or an object, or after the start token. */
function unwrap(value: unknown): unknown {
  const inner = isPlainObject(value) ? (fieldsOf(value).masks[0] ?? unknownForm(value)) : value
  const only = Array.isArray(inner) && inner.length === 1 && typeof inner[0] === 'string' ? inner[0] : inner
  if (typeof only !== 'string' || !only.startsWith(START)) return only
  const rest = only.slice(START.length)
  return looksLikePng(rest) ? rest : only
}

/** An object with content but without a known mask key, which the caller counts as unreadable. */
function unknownForm(mask: Record<string, unknown>): Record<string, unknown> | undefined {
  return Object.values(mask).every((value) => value === null || value === '') ? undefined : mask
}

function readPng(text: string): ReadMask {
  const png = pngBytes(text)
  if (png === undefined) return { mask: null, reason: 'mask-unreadable' }
  return png === 'too-large' ? { mask: null, reason: 'mask-too-large' } : { mask: { form: 'png', png } }
}
