import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Annotation } from '../../functions/src/document/annotation.ts'

type Stored = { document: Annotation; files: Record<string, { contentType: string; base64: string }> }

/**
 * Documents with their files, as the functions of version 1 wrote them (commit 0125797): interrupted between
 * its two model steps, deferred, partial, and succeeded with an outline of 60 points.
 */
export function documentOfVersion1(name: 'interrupted' | 'deferred' | 'partial' | 'succeeded'): Stored {
  const file = new URL('../fixtures/documents/version-1.json', import.meta.url)
  const documents = JSON.parse(readFileSync(file, 'utf8'), (_, value: unknown) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? new Date(value) : value,
  ) as Record<string, Stored>
  return documents[name]!
}

const usage = z.object({
  promptTokens: z.number(),
  outputTokens: z.number(),
  thoughtTokens: z.number(),
  totalTokens: z.number(),
  calls: z.number(),
})
const path = z.object({ path: z.string() })
const size = path.extend({ width: z.number(), height: z.number() })
const box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
const modelStep = z.object({
  state: z.enum(['pending', 'succeeded', 'failed']),
  model: z.object({ provider: z.string(), requested: z.string() }).optional(),
  usage: usage.optional(),
  answerId: z.string().optional(),
  paidCalls: z.number().optional(),
  error: z.object({ code: z.string() }).optional(),
})

/**
 * The fields that version 1 (commit 0125797) reads: claims, checkpoints and sweeps of the functions, the
 * client library and the web page. Frozen: after a rollback, version 1 reads the documents of later versions.
 */
export const readByVersion1 = z.object({
  owner: z.string().nullable(),
  bucket: z.string(),
  name: z.string(),
  generation: z.string().regex(/^\d+$/),
  contentType: z.string(),
  sizeBytes: z.number(),
  status: z.enum([
    'processing',
    'succeeded',
    'partial',
    'rejected',
    'blocked',
    'failed',
    'deferred',
    'superseded',
    'deleted',
  ]),
  error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }).optional(),
  steps: z.object({ describe: modelStep, locate: modelStep, draw: z.object({ state: z.string() }) }),
  lease: z.object({ token: z.string(), expiresAt: z.date() }).nullable(),
  attempts: z.number(),
  crashes: z.number(),
  deferrals: z.number().optional(),
  dueAt: z.date().optional(),
  createdAt: z.date(),
  updatedAt: z.date(),
  nextAttemptAt: z.date().optional(),
  completedAt: z.date().optional(),
  image: z
    .object({ width: z.number(), height: z.number(), format: z.string(), sha256: z.string() })
    .optional(),
  caption: z.string().optional(),
  altText: z.string().optional(),
  labels: z.array(z.string()).optional(),
  text: z.string().optional(),
  objects: z
    .array(
      z.object({
        label: z.string(),
        box,
        mask: path.extend({ polygon: z.array(z.number()).optional() }).nullable(),
      }),
    )
    .optional(),
  dropped: z.object({ objects: z.number(), reasons: z.record(z.string(), z.number()) }).optional(),
  overlay: size.optional(),
  preview: size.optional(),
  usage: usage.optional(),
  timingsMs: z.record(z.string(), z.number()).optional(),
})

/**
 * The fields that the functions of version 1 read of a deleted photo. `decideClaim`, `checkLease` and
 * `referencedFiles` return before they read others.
 */
export const tombstoneReadByVersion1 = readByVersion1
  .pick({ owner: true, bucket: true, generation: true, createdAt: true, updatedAt: true, completedAt: true })
  .extend({ status: z.literal('deleted') })
