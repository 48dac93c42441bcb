import { z } from 'zod'
import { coordinate } from './coordinate.ts'

/** A mask as the model gives it: a PNG of the box, or an outline in 0 to 1000 of the image, x first. */
export type AnswerMask = { form: 'png'; png: Buffer } | { form: 'polygon'; points: [number, number][] }

/** 256 x 256 grey pixels of noise are 66 kB; more is no mask. */
const MAX_PNG_BYTES = 1024 * 1024
const MAX_POINTS = 2000
const PNG_PREFIX = 'data:image/png;base64,'

const polygonSchema = z
  .array(z.tuple([coordinate, coordinate]))
  .min(3)
  .max(MAX_POINTS)

/** The mask of one item, or null with the reason why there is none to draw; no reason if the model gave no mask. */
export function readMask(mask: unknown): { mask: AnswerMask | null; reason?: string } {
  if (mask === undefined || mask === null || mask === '') return { mask: null }
  if (typeof mask === 'string') return readText(mask)
  const polygon = polygonSchema.safeParse(mask)
  if (polygon.success) return { mask: { form: 'polygon', points: polygon.data } }
  return { mask: null, reason: 'mask-unreadable' }
}

function readText(text: string): { mask: AnswerMask | null; reason?: string } {
  // Mask tokens of a decoder that is not public: https://discuss.ai.google.dev/t/146559, 2026-11.
  if (text.includes('<start_of_mask>') || text.includes('<seg_')) return { mask: null, reason: 'mask-tokens' }
  if (!text.startsWith(PNG_PREFIX)) return { mask: null, reason: 'mask-unreadable' }
  const base64 = text.slice(PNG_PREFIX.length)
  if (base64.length > (MAX_PNG_BYTES / 3) * 4) return { mask: null, reason: 'mask-too-large' }
  return { mask: { form: 'png', png: Buffer.from(base64, 'base64') } }
}
