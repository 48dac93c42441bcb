// A worker thread: a run of the model would block the server for about 150 ms.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parentPort } from 'node:worker_threads'
import type { GraphModel } from '@tensorflow/tfjs-converter'
import { INPUT_SIDE } from './detections.ts'
import { modelFilesOf } from './packages.ts'

export type DetectorRequest = { id: number; rgb: Uint8Array }
export type DetectorResponse = { id: number; rows: Float32Array } | { id: number; error: string }

// The packages are CommonJS, and optional.
const require = createRequire(import.meta.url)

/** The model CenterNet of MobileNetV3 (https://github.com/610265158/mobilenetv3_centernet). */
const OUTPUT = 'tower_0/detections'

async function loadModel() {
  const tf = require('@tensorflow/tfjs-core') as typeof import('@tensorflow/tfjs-core')
  const converter = require('@tensorflow/tfjs-converter') as typeof import('@tensorflow/tfjs-converter')
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm')
  wasm.setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), '/'))
  await tf.setBackend('wasm')
  const files = modelFilesOf(require.resolve('@vladmandic/human'))
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(files.topology, 'utf8')) as {
    modelTopology: object
    weightsManifest: { weights: never[] }[]
  }
  const { buffer, byteOffset, byteLength } = readFileSync(files.weights)
  const model = await converter.loadGraphModel({
    load: async () => ({
      modelTopology,
      weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
      weightData: buffer.slice(byteOffset, byteOffset + byteLength),
    }),
  })
  return { tf, model }
}

let loading: Promise<{ tf: typeof import('@tensorflow/tfjs-core'); model: GraphModel }> | undefined

async function detect(rgb: Uint8Array): Promise<Float32Array> {
  loading ??= loadModel()
  const { tf, model } = await loading
  const input = tf.tensor4d(Float32Array.from(rgb), [1, INPUT_SIDE, INPUT_SIDE, 3])
  const output = model.execute(input, [OUTPUT])
  const tensor = Array.isArray(output) ? output[0]! : output
  const rows = (await tensor.data()) as Float32Array
  tf.dispose([input, tensor])
  return rows
}

parentPort!.on('message', ({ id, rgb }: DetectorRequest) => {
  detect(rgb).then(
    (rows) => parentPort!.postMessage({ id, rows } satisfies DetectorResponse),
    (error: Error) => parentPort!.postMessage({ id, error: error.message } satisfies DetectorResponse),
  )
})
