// oxlint-disable-next-line typescript/triple-slash-reference -- ambient types for a package that has none
/// <reference path="./heic-decode.d.ts" />
import { parentPort, workerData } from 'node:worker_threads'
import decode from 'heic-decode'

export type HeicTask = { bytes: Uint8Array; decode: boolean }
export type HeicAnswer = { width: number; height: number; rgba?: ArrayBuffer } | { failure: string }

const { bytes, decode: wantsPixels } = workerData as HeicTask

try {
  const images = await decode.all({ buffer: bytes })
  const [image] = images
  if (!image) throw new Error('the file holds no image')
  if (wantsPixels) {
    const { width, height, data } = await image.decode()
    const rgba = data.buffer as ArrayBuffer
    parentPort?.postMessage({ width, height, rgba } satisfies HeicAnswer, [rgba])
  } else {
    parentPort?.postMessage({ width: image.width, height: image.height } satisfies HeicAnswer)
  }
} catch (error) {
  parentPort?.postMessage({
    failure: error instanceof Error ? error.message : String(error),
  } satisfies HeicAnswer)
}
