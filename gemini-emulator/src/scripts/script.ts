import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { ApiError, invalid } from '../api/api-error.ts'
import type { JournalEntry, JournalImage } from './journal.ts'

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

/**
 * A scripted reply. All given conditions of `match` must hold. Without a condition, every request matches.
 * The types are written out, so that users of the package need no types of zod.
 */
export type Script = {
  match?:
    | {
        method?: Method | undefined
        /** The requested model, before routing. */
        model?: string | undefined
        /** `standard` also matches requests that name no tier. */
        serviceTier?: 'standard' | 'flex' | 'priority' | undefined
        /** Searched in every text part and in the system instruction. */
        textIncludes?: string | undefined
        /** Hex digest of the bytes of one of the images. */
        imageSha256?: string | undefined
        /** Upright size of one of the images, in pixels. */
        imageSize?: { width: number; height: number } | undefined
      }
    | undefined
  /** The number of requests that it answers; without it, there is no limit. */
  times?: number | undefined
  reply: Reply
}

export type Reply = {
  /** The text of the model, in the usual envelope. */
  text?: string | undefined
  /** A function call of the model, in the usual envelope. */
  functionCall?: { name: string; args?: Record<string, unknown> | undefined } | undefined
  finishReason?: string | undefined
  /** The whole response body: any JSON value. Not together with `text` or `functionCall`. */
  body?: unknown
  status?: number | undefined
  headers?: Record<string, string> | undefined
  delayMs?: number | undefined
  /** Waits between the pieces of a stream. */
  chunkDelayMs?: number | undefined
  fault?: 'reset' | 'truncate' | 'html' | 'hang' | undefined
}

const scriptSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.enum(METHODS).optional(),
      model: z.string().optional(),
      serviceTier: z.enum(['standard', 'flex', 'priority']).optional(),
      textIncludes: z.string().optional(),
      imageSha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/i, 'must be 64 hex digits')
        .optional(),
      imageSize: z.strictObject({ width: z.int().min(1), height: z.int().min(1) }).optional(),
    })
    .optional(),
  times: z.int().min(1).optional(),
  reply: z
    .strictObject({
      text: z.string().optional(),
      functionCall: z
        .strictObject({ name: z.string().min(1), args: z.record(z.string(), z.json()).optional() })
        .optional(),
      finishReason: z.string().optional(),
      body: z.json().optional(),
      status: z.int().min(200).max(599).optional(),
      headers: z.record(z.string(), z.string()).optional(),
      delayMs: z.int().min(0).max(600_000).optional(),
      chunkDelayMs: z.int().min(0).max(600_000).optional(),
      fault: z.enum(['reset', 'truncate', 'html', 'hang']).optional(),
    })
    .refine(
      ({ text, functionCall, body }) =>
        [text, functionCall, body].filter((one) => one !== undefined).length < 2,
      'takes only one of text, functionCall and body',
    ),
}) satisfies z.ZodType<Script>

type Posted = Script & { id: string; left: number }

/** Scripted replies. The first posted script that matches and has uses left replies. */
export class Scripts {
  private posted: Posted[] = []

  post(value: unknown): { id: string } {
    const parsed = scriptSchema.safeParse(value)
    if (!parsed.success) throw invalid(`Cannot read this script:\n${z.prettifyError(parsed.error)}`)
    const id = randomUUID()
    this.posted.push({ ...parsed.data, id, left: parsed.data.times ?? Number.POSITIVE_INFINITY })
    return { id }
  }

  /** @throws ApiError NOT_FOUND */
  delete(id: string): void {
    const index = this.posted.findIndex((script) => script.id === id)
    if (index === -1) throw new ApiError('NOT_FOUND', `There is no script ${id}.`)
    this.posted.splice(index, 1)
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
  const { method, model, serviceTier, textIncludes, imageSha256, imageSize } = match
  if (method !== undefined && method !== entry.method) return false
  if (model !== undefined && model !== entry.model) return false
  if (serviceTier !== undefined && serviceTier !== (entry.serviceTier ?? 'standard')) return false
  const texts = [entry.systemInstruction ?? '', ...(entry.texts ?? [])]
  if (textIncludes !== undefined && !texts.some((text) => text.includes(textIncludes))) return false
  const images = entry.images ?? []
  const digest = imageSha256?.toLowerCase()
  if (digest !== undefined && !images.some(({ sha256 }) => sha256 === digest)) return false
  const isSize = ({ width, height }: JournalImage) =>
    width === imageSize?.width && height === imageSize?.height
  return imageSize === undefined || images.some(isSize)
}
