import { invalidField, typeNameOf } from './error.ts'
import { MAX_NEWEST } from './settings.ts'

/** Which of the newest photos to read. */
export type NewestOptions = {
  /** The largest number of photos, 1 to 100, by default 12. */
  limit?: number
  /** Only photos with exactly this label. Capital letters do not matter, since labels are in lower case. */
  label?: string | undefined
}

/** @throws FiresightError `invalid-request` for a value that is not allowed */
export function filterOf({ limit = 12, label }: NewestOptions): {
  length: number
  label: string | undefined
} {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_NEWEST)
    throw invalidField('limit', `must be a whole number of 1 to ${MAX_NEWEST}; it is ${limit}`)
  if (label === undefined) return { length: limit, label }
  const isText = typeof label === 'string' && label.trim() !== ''
  if (!isText) throw invalidField('label', `must be a text that is not empty; it is ${textOf(label)}`)
  return { length: limit, label: label.trim().toLowerCase() }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : typeNameOf(value)
}
