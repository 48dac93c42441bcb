import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { VisionError } from '../errors.ts'
import type { HeicAnswer, HeicTask } from './heic-worker.ts'

/** Pixels of the upright image: the decoder applies HEIF's own rotation and mirroring, and rightly ignores EXIF's. */
export type HeicPixels = { width: number; height: number; rgba: Buffer }

/** 48 megapixels take about 4 s on one core. */
const TIMEOUT_MS = 60_000

/** @throws VisionError `corrupt-image` */
export async function heicDimensions(bytes: Buffer): Promise<{ width: number; height: number }> {
  const { width, height } = await runDecoder({ bytes, decode: false })
  return { width, height }
}

/** Check the dimensions first: 4 bytes a pixel are taken at once. @throws VisionError `corrupt-image` */
export async function decodeHeic(bytes: Buffer): Promise<HeicPixels> {
  const { width, height, rgba } = await oneAtATime(() => runDecoder({ bytes, decode: true }))
  if (!rgba) throw new Error('Cannot decode the HEIC image: the decoder gave no pixels')
  return { width, height, rgba: Buffer.from(rgba) }
}

let last: Promise<unknown> = Promise.resolve()

/** 48 megapixels take 700 MB while they are decoded: several at a time would not fit into an instance. */
async function oneAtATime<T>(run: () => Promise<T>): Promise<T> {
  const turn = last.then(run)
  last = turn.catch(() => undefined)
  return turn
}

/**
 * Runs libheif (WebAssembly) in a thread of its own: decoding is synchronous and takes seconds, and only the end of the thread
 * gives the WebAssembly heap (200 MB and more) back.
 * @throws VisionError `corrupt-image` when the decoder refuses the bytes; an ordinary error when it did not run or not end
 */
async function runDecoder(task: HeicTask): Promise<Extract<HeicAnswer, { width: number }>> {
  // The same extension as this file: .ts where Node runs the source, .js in the build.
  const script = new URL(`./heic-worker${extname(import.meta.url)}`, import.meta.url)
  // libheif prints its complaints about damaged files; the error says enough.
  const worker = new Worker(script, { workerData: task, stdout: true, stderr: true })
  let timer: NodeJS.Timeout | undefined
  try {
    const answer = await new Promise<HeicAnswer>((resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`Cannot decode the HEIC image: no answer within ${TIMEOUT_MS} ms`)),
        TIMEOUT_MS,
      )
      worker.once('message', resolve).once('error', reject)
      worker.once('exit', (code) =>
        reject(new Error(`Cannot decode the HEIC image: the decoder ended with code ${code}`)),
      )
    })
    if (!('failure' in answer)) return answer
    throw new VisionError('corrupt-image', `Cannot decode the HEIC image: ${answer.failure}`)
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
