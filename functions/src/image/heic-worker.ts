// oxlint-disable-next-line typescript/triple-slash-reference -- ambient types for a package that has none
/// <reference path="./libheif-js.d.ts" />
import { parentPort, workerData } from 'node:worker_threads'
import libheif from 'libheif-js/wasm-bundle.js'

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
  const decoder = new libheif.HeifDecoder()
  decoder.decode(bytes)
  const primary = libheif.heif_js_context_get_primary_image_handle(decoder.decoder)
  if ('code' in primary) throw new Error(primary.message)
  const image = new libheif.HeifImage(primary)
  const size = { width: image.get_width(), height: image.get_height() }
  if (wantsPixels) {
    const data = new Uint8ClampedArray(size.width * size.height * 4)
    const displayed = await new Promise((resolve) => image.display({ data, ...size }, resolve))
    if (!displayed) throw new Error('the pixels cannot be decoded')
    parentPort?.postMessage({ ...size, rgba: data.buffer } satisfies HeicAnswer, [data.buffer])
  } else parentPort?.postMessage(size satisfies HeicAnswer)
} catch (error) {
  const failure = error instanceof Error ? error.message : String(error)
  parentPort?.postMessage({ failure, heapExceeded } satisfies HeicAnswer)
}
