import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { VisionError } from '../errors.ts'
import type { HeicAnswer, HeicTask } from './heic-worker.ts'

/** Pixels of the upright image: the decoder applies HEIF's own rotation and mirroring, and rightly ignores EXIF's. */
export type HeicPixels = { width: number; height: number; rgba: Buffer }

/** 48 megapixels take about 4 s on one core. */
const TIMEOUT_MS = 30_000

/** @throws VisionError `corrupt-image` */
export async function heicDimensions(bytes: Buffer): Promise<{ width: number; height: number }> {
  const { width, height } = await runDecoder({ bytes, decode: false })
  return { width, height }
}

/** Check the dimensions first: 4 bytes a pixel are taken at once. @throws VisionError `corrupt-image` */
export async function decodeHeic(bytes: Buffer): Promise<HeicPixels> {
  const { width, height, rgba } = await runDecoder({ bytes, decode: true })
  if (!rgba)
    throw new VisionError('corrupt-image', 'Cannot decode the HEIC image: the decoder gave no pixels')
  return { width, height, rgba: Buffer.from(rgba) }
}

/**
 * Runs libheif (WebAssembly) in a thread of its own: decoding is synchronous and takes seconds, and only the end of the thread
 * gives the WebAssembly heap (200 MB and more) back.
 */
async function runDecoder(task: HeicTask): Promise<Extract<HeicAnswer, { width: number }>> {
  // The same extension as this file: .ts where Node runs the source, .js in the build.
  const script = new URL(`./heic-worker${extname(import.meta.url)}`, import.meta.url)
  // libheif prints its complaints about damaged files; the error says enough.
  const worker = new Worker(script, { workerData: task, stdout: true, stderr: true })
  try {
    const answer = await new Promise<HeicAnswer>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS)
      worker.once('message', resolve).once('error', reject)
      worker.once('exit', (code) => reject(new Error(`the decoder ended with code ${code}`)))
      worker.once('exit', () => clearTimeout(timer))
    })
    if ('failure' in answer) throw new Error(answer.failure)
    return answer
  } catch (cause) {
    throw new VisionError('corrupt-image', 'Cannot decode the HEIC image: the decoder refused it', { cause })
  } finally {
    await worker.terminate()
  }
}
