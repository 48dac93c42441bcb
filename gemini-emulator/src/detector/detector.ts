import { Worker } from 'node:worker_threads'
import sharp from 'sharp'
import type { Raster } from '../vision/picture.ts'
import { type Detection, INPUT_SIDE, readDetections } from './detections.ts'
import type { DetectorRequest, DetectorResponse } from './worker.ts'

/** Finds objects of 80 kinds in a photo. */
export type Detector = {
  /** Whether it has neither failed nor been closed. */
  readonly isUsable: boolean
  /** Undefined if the detector has failed or was closed. The first failure is logged. */
  detect(picture: Raster): Promise<Detection[] | undefined>
  close(): Promise<void>
}

// The published package contains the worker as a file of its own (tools/emulator-package.ts).
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './detector-worker.js',
  import.meta.url,
)

/**
 * The thread and the model are loaded for the first photo.
 * @param worker the code of the thread
 */
export function createDetector(worker = WORKER): Detector {
  let thread: Thread | undefined
  let state: 'usable' | 'failed' | 'closed' = 'usable'
  return {
    get isUsable() {
      return state === 'usable'
    },
    async detect(picture) {
      if (state !== 'usable') return undefined
      const square = await squareOf(picture)
      // It can have been closed in the meantime.
      if (state !== 'usable') return undefined
      const running = (thread ??= startThread(worker))
      try {
        const [rows, mirrored] = await Promise.all([square, mirror(square)].map((rgb) => running.run(rgb)))
        return readDetections(rows!, mirrored!, picture)
      } catch (error) {
        // For example on a processor without the instructions that the model needs.
        if (state === 'usable') {
          state = 'failed'
          console.error(`${(error as Error).message}. Photos are described by colours and shapes.`)
        }
        return undefined
      }
    },
    async close() {
      state = 'closed'
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

function startThread(code: URL): Thread {
  const worker = new Worker(code)
  const pending = new Map<number, PromiseWithResolvers<Float32Array>>()
  let failure: Error | undefined
  let closing = false
  // The thread keeps the process alive only during a run. `terminate()` needs it until it has ended.
  const rest = () => {
    if (!closing) worker.unref()
  }
  const failAll = (error: Error) => {
    failure = error
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
    rest()
  }
  rest()
  worker.on('message', (response: DetectorResponse) => {
    const promise = pending.get(response.id)
    pending.delete(response.id)
    if (pending.size === 0) rest()
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
    stop() {
      closing = true
      return worker.terminate()
    },
  }
}
