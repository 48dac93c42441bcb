import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type ErrorCode, VisionError } from '../errors.ts'
import type { HeicAnswer, HeicTask } from './heic-worker.ts'

/**
 * Pixels of the upright image: the decoder applies HEIF's own rotation and mirroring, and correctly ignores
 * EXIF's.
 */
export type HeicPixels = { width: number; height: number; rgba: Buffer }
type Decoded = Extract<HeicAnswer, { width: number }>

/**
 * 48 megapixels take 1.5 to 4 s. An image can consist of nested grids whose tiles are decoded again and
 * again: only time bounds that work.
 */
const MAX_CPU_MS = 10_000
/** Elapsed time. A machine that is too busy to decode an image in time is a transient failure. */
const TIMEOUT_MS = 60_000
const POLL_MS = 250
/** 8 bits a channel take 6 bytes a pixel (measured), 12 bits without chroma subsampling 13. */
const MAX_HEAP_BYTES_PER_PIXEL = 13
/** The decoder and the file itself. */
const MIN_HEAP_BYTES = 128 * 1024 * 1024

/** Call it in `withDecoder`, like `decodeHeic`. @throws VisionError `corrupt-image`, `too-many-pixels` */
export async function heicDimensions(bytes: Buffer, maxPixels: number): Promise<Decoded> {
  return runDecoder({ bytes, decode: false, maxHeapBytes: maxHeapBytes(maxPixels) }, MAX_CPU_MS)
}

/**
 * Check the dimensions first: the pixels take 4 bytes each.
 * @throws VisionError `corrupt-image`, `too-many-pixels` when decoding takes too much memory or time
 */
export async function decodeHeic(
  bytes: Buffer,
  maxPixels: number,
  maxCpuMs = MAX_CPU_MS,
): Promise<HeicPixels> {
  const task = { bytes, decode: true, maxHeapBytes: maxHeapBytes(maxPixels) }
  const { width, height, rgba } = await runDecoder(task, maxCpuMs)
  if (!rgba) throw new Error('Cannot decode the HEIC image: the decoder returned no pixels')
  return { width, height, rgba: Buffer.from(rgba) }
}

function maxHeapBytes(maxPixels: number): number {
  return MIN_HEAP_BYTES + MAX_HEAP_BYTES_PER_PIXEL * maxPixels
}

/**
 * Runs libheif (WebAssembly) in its own thread: decoding is synchronous and takes seconds, and only the end
 * of the thread frees the WebAssembly heap (200 MB and more).
 * @throws VisionError as `decodeHeic`; an ordinary error if the decoder did not run or did not finish in
 * `TIMEOUT_MS`
 */
async function runDecoder(task: HeicTask, maxCpuMs: number): Promise<Decoded> {
  // The same extension as this file: .ts where Node runs the source, .js in the build.
  const script = new URL(`./heic-worker${extname(import.meta.url)}`, import.meta.url)
  // libheif prints its complaints about damaged files; the error contains enough.
  const worker = new Worker(script, { workerData: task, stdout: true, stderr: true })
  const timeoutAt = performance.now() + TIMEOUT_MS
  let poll: NodeJS.Timeout | undefined
  try {
    const answer = await new Promise<HeicAnswer>((resolve, reject) => {
      poll = setInterval(() => {
        checkTime(worker, timeoutAt, maxCpuMs).catch(reject)
      }, POLL_MS)
      worker.once('message', resolve).once('error', reject)
      worker.once('exit', (code) =>
        reject(new Error(`Cannot decode the HEIC image: the decoder ended with code ${code}`)),
      )
    })
    if (!('failure' in answer)) return answer
    if (answer.heapExceeded) {
      throw tooLarge(`its decoder needs more than ${task.maxHeapBytes} bytes of memory`)
    }
    throw refused('corrupt-image', answer.failure)
  } finally {
    clearInterval(poll)
    await worker.terminate()
  }
}

async function checkTime(worker: Worker, timeoutAt: number, maxCpuMs: number): Promise<void> {
  if (performance.now() > timeoutAt) {
    throw new Error(`Cannot decode the HEIC image: no answer within ${TIMEOUT_MS} ms`)
  }
  // Node 24.6 added cpuUsage(); macOS on ARM gets Node 24.0 here, where only the elapsed time is limited.
  // https://nodejs.org/api/worker_threads.html#workercpuusageprev, 2026-11
  if (typeof worker.cpuUsage !== 'function') return
  // Rejected before the thread has started and after it has ended; the end is reported by 'exit'.
  const { user, system } = await worker.cpuUsage().catch(() => ({ user: 0, system: 0 }))
  if (user + system > maxCpuMs * 1000) throw tooLarge(`decoding takes more than ${maxCpuMs} ms of CPU time`)
}

function tooLarge(reason: string): VisionError {
  return refused('too-many-pixels', reason)
}

/** The model may read a file that the decoder does not. */
function refused(code: ErrorCode, reason: string): VisionError {
  const limit = { name: 'HEIC', value: 'decode' } as const
  return new VisionError(code, `Cannot decode the HEIC image: ${reason}`, { limit })
}
