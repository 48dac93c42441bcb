import { setTimeout as sleep } from 'node:timers/promises'
import { workerData } from 'node:worker_threads'
import { Semaphore } from '../../functions/src/concurrency.ts'
import type {
  copySizeOf as CopySize,
  prepareImage as Prepare,
  previewOf as Preview,
} from '../../functions/src/image/prepare.ts'
import type { inspectImage as Inspect } from '../../functions/src/image/source-image.ts'
import type { thumbnailOf as Thumbnail } from '../../functions/src/image/thumbnail.ts'
import type { drawMask as DrawMask, drawOverlay as DrawOverlay } from '../../functions/src/masks/draw.ts'
import type { Instance } from './instance.ts'

// Replaces the stages that compute pixels by their recorded results and times, see instance.ts. The stages of
// one instance share its one CPU, so they take their time one after another.

const { recorded } = workerData as Instance
const cpu = new Semaphore(1)

async function compute(ms: number): Promise<void> {
  const permit = await cpu.acquire()
  try {
    await sleep(ms)
  } finally {
    permit.release()
  }
}

export const LONG_SIDE = 1536

export const inspectImage: typeof Inspect = async (bytes) => {
  await compute(recorded.ms.inspect)
  return { ...recorded.source, bytes }
}

export const copySizeOf: typeof CopySize = () => recorded.copy

export const prepareImage: typeof Prepare = async () => {
  await compute(recorded.ms.prepare)
  return { ...recorded.copy, data: Buffer.from(recorded.copy.data) }
}

export const previewOf: typeof Preview = async () => {
  throw new Error('A JPEG has no preview')
}

export const thumbnailOf: typeof Thumbnail = async () => {
  await compute(recorded.ms.thumbnail)
  return { jpeg: Buffer.alloc(20_000), width: 320, height: 240 }
}

export const drawOverlay: typeof DrawOverlay = async () => {
  await compute(recorded.ms.draw)
  return Buffer.alloc(100_000)
}

/** Its time is part of the overlay's. */
export const drawMask: typeof DrawMask = async () => Buffer.alloc(1000)
