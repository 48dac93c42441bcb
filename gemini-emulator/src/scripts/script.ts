import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { invalid } from '../api/api-error.ts'
import type { JournalEntry } from './journal.ts'

export const METHODS = [
  'generateContent',
  'streamGenerateContent',
  'countTokens',
  'upload',
  'listFiles',
  'getFile',
  'deleteFile',
  'listModels',
  'getModel',
] as const

export type Method = (typeof METHODS)[number]

const scriptSchema = z.strictObject({
  /** All that are given must hold; without any, every request matches. */
  match: z
    .strictObject({
      method: z.enum(METHODS).optional(),
      model: z.string().optional(),
      /** Sought in every text part and the system instruction. */
      textIncludes: z.string().optional(),
      /** Hex digest of the bytes of one of the images. */
      imageSha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/i, 'must be 64 hex digits')
        .optional(),
    })
    .optional(),
  /** How many requests it answers; for ever if absent. */
  times: z.int().min(1).optional(),
  reply: z
    .strictObject({
      /** The model's words, in the usual envelope. */
      text: z.string().optional(),
      finishReason: z.string().optional(),
      /** The whole body instead. */
      body: z.json().optional(),
      status: z.int().min(200).max(599).optional(),
      headers: z.record(z.string(), z.string()).optional(),
      delayMs: z.int().min(0).max(600_000).optional(),
      /** Waits between the pieces of a stream. */
      chunkDelayMs: z.int().min(0).max(600_000).optional(),
      fault: z.enum(['reset', 'truncate', 'html', 'hang']).optional(),
    })
    .refine(({ text, body }) => text === undefined || body === undefined, 'takes text or body, not both'),
})

export type Script = z.infer<typeof scriptSchema>
export type Reply = Script['reply']

type Posted = Script & { id: string; left: number }

/** Answers laid down beforehand; the first posted that matches and has uses left is taken. */
export class Scripts {
  private posted: Posted[] = []

  post(value: unknown): { id: string } {
    const parsed = scriptSchema.safeParse(value)
    if (!parsed.success) throw invalid(`Cannot take this script:\n${z.prettifyError(parsed.error)}`)
    const id = randomUUID()
    this.posted.push({ ...parsed.data, id, left: parsed.data.times ?? Number.POSITIVE_INFINITY })
    return { id }
  }

  clear(): void {
    this.posted = []
  }

  take(entry: JournalEntry): Reply | undefined {
    const script = this.posted.find((candidate) => candidate.left > 0 && matches(candidate, entry))
    if (!script) return undefined
    script.left--
    return script.reply
  }
}

function matches({ match = {} }: Script, entry: JournalEntry): boolean {
  const { method, model, textIncludes, imageSha256 } = match
  if (method !== undefined && method !== entry.method) return false
  if (model !== undefined && model !== entry.model) return false
  const texts = [entry.systemInstruction ?? '', ...(entry.texts ?? [])]
  if (textIncludes !== undefined && !texts.some((text) => text.includes(textIncludes))) return false
  const digest = imageSha256?.toLowerCase()
  return digest === undefined || (entry.images ?? []).some(({ sha256 }) => sha256 === digest)
}
