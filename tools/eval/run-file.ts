import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { WrongUsage } from './options.ts'

// run.json: everything that a run found. Reports are made from it.

const count = z.int().nonnegative()
const error = z.object({ code: z.string(), message: z.string() })
/** Pixels of the upright photo. */
const box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })

const step = z.object({
  /** `not-run`: the photo ended before this step. */
  state: z.enum(['succeeded', 'failed', 'not-run']),
  /** The model that answered. */
  model: z.string().optional(),
  promptVersion: z.string().optional(),
  /** `salvaged`: the answer was damaged, so that parts may be missing. */
  answer: z.enum(['read', 'salvaged']).optional(),
  /** Of all answers of this step. `output` includes thoughts, which are billed as output. */
  tokens: z.object({ input: count, output: count, thoughts: count, total: count }).optional(),
  /** Requests that were or may have been billed. */
  requests: count,
  /** US dollars. Absent if there was no answer, or if the price of the model is unknown. */
  usd: z.number().optional(),
  /** Working time without waits between attempts. */
  ms: z.number().optional(),
  error: error.optional(),
})

const object = z.object({
  label: z.string(),
  box,
  areaPixels: count.optional(),
  /** Why there is no mask. */
  maskReason: z.string().optional(),
})

const accuracy = z.object({
  /** Drawn objects, and objects that the model gave. */
  expected: count,
  found: count,
  /** Pairs with a box IoU of at least 0.5; and those of them whose label is right. */
  matched: count,
  labelled: count,
  /** The mask IoU of each pair; 0 without a mask. Empty if no masks were asked for. */
  maskIous: z.array(z.number()),
})

/** Names of files that a report may refer to: a run may come from elsewhere. */
const picturePath = z.string().regex(/^pictures\/[\w-]+\.(jpg|png)$/)

const photo = z.object({
  name: z.string(),
  sha256: z.string().optional(),
  sizeBytes: count.optional(),
  /** A status of the document, `not-run` after the run was stopped, or `crashed` after a bug. */
  status: z.string(),
  error: error.optional(),
  /** The upright size. */
  image: z.object({ width: count, height: count }).optional(),
  caption: z.string().optional(),
  altText: z.string().optional(),
  labels: z.array(z.string()).optional(),
  text: z.string().optional(),
  /** Absent if the locate step failed. Empty: the model reported no objects. */
  objects: z.array(object).optional(),
  dropped: z.object({ objects: count, reasons: z.record(z.string(), count) }).optional(),
  steps: z.object({ describe: step, locate: step }),
  timingsMs: z.record(z.string(), z.number()),
  picture: picturePath.optional(),
  overlay: picturePath.optional(),
  /** Of a drawn scene. */
  truth: z.array(z.object({ label: z.string(), box })).optional(),
  accuracy: accuracy.optional(),
})

const run = z.object({
  version: z.literal(1),
  name: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  source: z.string(),
  model: z.object({ description: z.string(), local: z.boolean() }),
  /** Settings that change answers, tokens or cost, by the name of their parameter. */
  settings: z.record(z.string(), z.string()),
  concurrency: z.int().positive(),
  /** Why the run ended before its last photo. */
  stopped: z.string().optional(),
  photos: z.array(photo),
})

export type Run = z.infer<typeof run>
export type PhotoResult = z.infer<typeof photo>
export type StepResult = z.infer<typeof step>
export type FoundObject = z.infer<typeof object>
export type Accuracy = z.infer<typeof accuracy>
export type PixelBox = z.infer<typeof box>

export const STEP_NAMES = ['describe', 'locate'] as const

/** A run with the folder that contains its pictures. */
export type StoredRun = { run: Run; folder: string }

/** The file is complete at any time, also if the process is killed during this call. */
export function writeRun(folder: string, value: Run): void {
  const file = join(folder, 'run.json')
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`)
  renameSync(`${file}.new`, file)
}

/**
 * @param path of run.json, or of its folder
 * @throws WrongUsage if it does not exist or has another format
 */
export function readRun(path: string): StoredRun {
  const folder = path.endsWith('.json') ? join(path, '..') : path
  const file = path.endsWith('.json') ? path : join(path, 'run.json')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new WrongUsage(`Cannot read the run ${file} (${code}): expected the run.json of an earlier run`)
  }
  try {
    return { run: run.parse(JSON.parse(text)), folder }
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message
    throw new WrongUsage(`Cannot read the run ${file}: it is not a run.json of this version:\n${reason}`)
  }
}
