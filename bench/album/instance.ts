// An instance of `onImageUploaded` in a thread: it annotates the photos that its parent sends, over memory
// stores with the latencies of bench/path. A thread has its own modules, so its own limits.
import { registerHooks } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import type { Answers } from '../path/recorded-services.ts'
import type { Recorded } from './record.ts'

export type Instance = { modelMs: number; photoBytes: number; answers: Answers; recorded: Recorded }
export type Ended = { photo: number; status: string | undefined }

/** Modules of `functions/src` that recorded-stages.ts replaces. */
const REPLACED = new Set(
  ['image/prepare.ts', 'image/source-image.ts', 'image/thumbnail.ts', 'masks/draw.ts'].map(
    (path) => new URL(`../../functions/src/${path}`, import.meta.url).href,
  ),
)
const STAGES = new URL('recorded-stages.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context)
    return REPLACED.has(resolved.url) ? { ...resolved, url: STAGES } : resolved
  },
})

const [{ annotateImage }, { readConfig }, { Recorder }, { recordedServices }] = await Promise.all([
  import('../../functions/src/pipeline/annotate-image.ts'),
  import('../../functions/src/config/read-config.ts'),
  import('../path/latencies.ts'),
  import('../path/recorded-services.ts'),
])
const { modelMs, photoBytes, answers } = workerData as Instance
const { services, annotations, photos } = recordedServices(new Recorder(modelMs), answers)
const config = readConfig({})
const bytes = Buffer.alloc(photoBytes)

async function annotate(photo: number): Promise<Ended> {
  const name = `users/alice/uploads/${photo}.jpg`
  const generation = '1700000000000001'
  photos.files.set(name, { bytes, contentType: 'image/jpeg', generation })
  const about = { imageId: `image-${photo}`, owner: 'alice', bucket: 'bucket', name, generation }
  await annotateImage({ ...about, contentType: 'image/jpeg', sizeBytes: photoBytes }, services, config)
  return { photo, status: annotations.documents.get(about.imageId)?.status }
}

parentPort!.on('message', (photo: number) => {
  void annotate(photo).then((ended) => parentPort!.postMessage(ended))
})
