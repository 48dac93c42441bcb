import { z } from 'zod'

/**
 * One coordinate in an answer, as a number or as text. Not `z.coerce`: it would take null, "" and true for numbers. Bounded, since what is
 * far outside the image is nonsense, and the largest numbers overflow when they are multiplied.
 */
export const coordinate = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*-?\d+(\.\d+)?\s*$/)
      .transform(Number),
  ])
  .transform((value) => Math.min(Math.max(value, -10_000), 10_000))
