import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import sharp from 'sharp'
import type { Raster } from '../vision/picture.ts'
import { type Detection, INPUT_SIDE, readDetections } from './detections.ts'
import type { DetectorRequest, DetectorResponse } from './worker.ts'

/** Finds objects of 80 kinds in a photo. */
export type Detector = {
  detect(picture: Raster): Promise<Detection[]>
  close(): Promise<void>
}

/** Optional: 130 MB. The model is a file of `@vladmandic/human`. */
export const DETECTOR_PACKAGES = [
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-converter',
  '@tensorflow/tfjs-core',
  '@vladmandic/human',
]

/** The packages of the detector that are not installed. */
export function missingPackages(): string[] {
  const { resolve } = createRequire(import.meta.url)
  return DETECTOR_PACKAGES.filter((name) => {
    try {
      resolve(name)
      return false
    } catch {
      return true
    }
  })
}

/** The thread and the model are loaded for the first photo. */
export function createDetector(): Detector {
  let thread: Thread | undefined
  let failed = false
  return {
    async detect(picture) {
      if (failed) return []
      const running = (thread ??= startThread())
      const square = await squareOf(picture)
      try {
        const [rows, mirrored] = await Promise.all([square, mirror(square)].map((rgb) => running.run(rgb)))
        return readDetections(rows!, mirrored!, picture)
      } catch (error) {
        // For example on a processor without the instructions that the model needs.
        if (!failed) console.error(`${(error as Error).message}. Photos are described by colours and shapes.`)
        failed = true
        return []
      }
    },
    async close() {
      await thread?.stop()
    },
  }
}

/** The picture in the middle of a black square. The model finds less in distorted pictures. */
async function squareOf({ width, height, rgb }: Raster): Promise<Uint8Array> {
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(INPUT_SIDE, INPUT_SIDE, { fit: 'contain', background: 'black' })
    .raw()
    .toBuffer()
}

function mirror(rgb: Uint8Array): Uint8Array {
  const mirrored = new Uint8Array(rgb.length)
  for (let i = 0; i < rgb.length / 3; i++) {
    const column = i % INPUT_SIDE
    mirrored.set(rgb.subarray(i * 3, i * 3 + 3), (i - column + INPUT_SIDE - 1 - column) * 3)
  }
  return mirrored
}

type Thread = { run(rgb: Uint8Array): Promise<Float32Array>; stop(): Promise<unknown> }

function startThread(): Thread {
  // The published package contains the worker as a file of its own (tools/emulator-package.ts).
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './detector-worker.js'
  const worker = new Worker(new URL(file, import.meta.url))
  const pending = new Map<number, PromiseWithResolvers<Float32Array>>()
  let failure: Error | undefined
  const failAll = (error: Error) => {
    failure = error
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
    worker.unref()
  }
  worker.unref()
  worker.on('message', (response: DetectorResponse) => {
    const promise = pending.get(response.id)
    pending.delete(response.id)
    if (pending.size === 0) worker.unref()
    if ('rows' in response) promise?.resolve(response.rows)
    else promise?.reject(new Error(`The detector failed: ${response.error}`))
  })
  worker.on('error', failAll)
  worker.on('exit', () => failAll(new Error('The detector has been stopped')))
  let id = 0
  return {
    run(rgb) {
      if (failure) return Promise.reject(failure)
      const promise = Promise.withResolvers<Float32Array>()
      pending.set(++id, promise)
      worker.ref()
      worker.postMessage({ id, rgb } satisfies DetectorRequest)
      return promise.promise
    },
    stop: () => worker.terminate(),
  }
}
