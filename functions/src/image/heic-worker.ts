// oxlint-disable-next-line typescript/triple-slash-reference -- ambient types for a package that has none
/// <reference path="./heic-decode.d.ts" />
import { parentPort, workerData } from 'node:worker_threads'
import decode from 'heic-decode'

export type HeicTask = { bytes: Uint8Array; decode: boolean; maxHeapBytes: number }
export type HeicAnswer =
  | { width: number; height: number; rgba?: ArrayBuffer }
  | { failure: string; heapExceeded: boolean }

/** What we use of WebAssembly.Memory, which TypeScript declares for browsers only. */
type WasmMemory = { buffer: ArrayBuffer; grow(this: WasmMemory, pages: number): number }

const PAGE_BYTES = 65_536

const { bytes, decode: wantsPixels, maxHeapBytes } = workerData as HeicTask
let heapExceeded = false

// libheif limits the number of parts of an image, but not the memory that they take together.
const memory = (globalThis as unknown as { WebAssembly: { Memory: { prototype: WasmMemory } } }).WebAssembly
  .Memory.prototype
// oxlint-disable-next-line typescript/unbound-method -- called with the memory as `this` below
const { grow } = memory
memory.grow = function growWithinLimit(pages) {
  if (this.buffer.byteLength + pages * PAGE_BYTES > maxHeapBytes) {
    heapExceeded = true
    throw new RangeError(`The heap of the HEIC decoder may have at most ${maxHeapBytes} bytes`)
  }
  return grow.call(this, pages)
}

try {
  const [image] = await decode.all({ buffer: bytes })
  if (!image) throw new Error('the file holds no image')
  if (wantsPixels) {
    const { width, height, data } = await image.decode()
    const rgba = data.buffer as ArrayBuffer
    parentPort?.postMessage({ width, height, rgba } satisfies HeicAnswer, [rgba])
  } else {
    parentPort?.postMessage({ width: image.width, height: image.height } satisfies HeicAnswer)
  }
} catch (error) {
  const failure = error instanceof Error ? error.message : String(error)
  parentPort?.postMessage({ failure, heapExceeded } satisfies HeicAnswer)
}
