import type { Box2d } from '../../annotations/box.ts'
import type { DropReason } from '../../annotations/drop-reasons.ts'
import { looksLikePng, pngBytes } from './png-text.ts'
import { type Outline, orient, type Ring, readOutline } from './read-outline.ts'

/** A mask as the model gives it: a PNG of the box, still to be distrusted, or an outline in 0 to 1000 of the image, x first. */
export type AnswerMask = { form: 'png'; png: Buffer } | { form: 'polygon'; rings: readonly Ring[] }

/** No reason if the model gave no mask. */
export type ReadMask = { mask: AnswerMask | null; reason?: DropReason }

const START = '<start_of_mask>'
/** Points in text: two thousand of them, with names and spaces. */
const MAX_OUTLINE_TEXT = 100_000

/** What an object of an answer has for a mask, still to be read. */
export function maskOf(item: Record<string, unknown>): unknown {
  return item.mask ?? item.segmentation_mask ?? item.segmentation ?? item.polygon
}

/** The mask of one object, or null with the reason why there is none to draw. */
export function readMask(mask: unknown, box2d: Box2d): ReadMask {
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
export function outlineOf(mask: unknown): Outline | undefined {
  if (typeof mask !== 'string') return readOutline(mask)
  const text = mask.replace(START, '').trim()
  if (!text.startsWith('[') || text.length > MAX_OUTLINE_TEXT) return undefined
  try {
    return readOutline(JSON.parse(text))
  } catch {
    // No JSON, so no outline: the caller counts it.
    return undefined
  }
}

function readPng(text: string): ReadMask {
  const png = pngBytes(text)
  if (png === undefined) return { mask: null, reason: 'mask-unreadable' }
  return png === 'too-large' ? { mask: null, reason: 'mask-too-large' } : { mask: { form: 'png', png } }
}
