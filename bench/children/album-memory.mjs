// `node bench/children/album-memory.mjs <compiled functions> <photo> <content type> <number> <model URL> <parameters>`: annotates
// copies of a photo concurrently, as one instance does, and prints the peak memory of the process in MiB. The
// stores are in memory, but downloads are streams as in production, and the model is asked over HTTP.
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

const [, , compiled = '', file = '', contentType = '', count = '16', url = '', parameters = '{}'] =
  process.argv
// The packages that an instance loads besides: their memory counts.
await Promise.all(
  [
    'firebase-functions',
    'firebase-admin/app',
    'firebase-admin/auth',
    'firebase-admin/firestore',
    '@google-cloud/storage',
  ].map((name) => import(name)),
)
/** @type {typeof import('../../functions/src/lib.ts')} */
const lib = await load('lib')
/** @type {typeof import('../../functions/src/model/gemini/genai-model.ts')} */
const { createGenaiModel } = await load('model/gemini/genai-model')
/** @type {typeof import('../../functions/src/model/gemini/files-api.ts')} */
const { filesApi } = await load('model/gemini/files-api')
/** @type {typeof import('../../functions/src/stores/https/https-images.ts')} */
const { httpsImages } = await load('stores/https/https-images')
/** @type {import('../../functions/src/model/gemini/genai-client.ts').GenaiClientOptions} */
const client = { provider: { name: 'gemini-api', apiKey: () => 'any' }, timeoutMs: 120_000, baseUrl: url }
const files = { records: lib.memoryModelFiles(), uploads: filesApi(client) }
const [annotations, photos] = [lib.memoryAnnotations(), lib.memoryPhotos()]
let tokens = 0
/** @type {import('../../functions/src/ports/services.ts').Services} */
const services = {
  bucket: 'bucket',
  accounts: lib.memoryAccounts(),
  annotations,
  photos: {
    ...photos,
    readUpload: async () => buffer(createReadStream(file)),
    // Cloud Storage holds the results.
    writeResult: async () => {},
  },
  quota: lib.memoryQuota(),
  modelFiles: files,
  urlImages: httpsImages(),
  upkeep: lib.memoryUpkeep(
    () => annotations.documents,
    () => photos.files,
  ),
  model: createGenaiModel({ ...client, files }),
  now: () => new Date(),
  newToken: () => `token-${++tokens}`,
}
const config = lib.readConfig({ TOKENS_PER_DAY: '0', PROJECT_TOKENS_PER_DAY: '0', ...JSON.parse(parameters) })
const idle = mebibytes('VmRSS')
const started = performance.now()
const ends = await Promise.all(
  Array.from({ length: Number(count) }, async (_, index) => {
    const name = `users/alice/uploads/${index}`
    const photo = { imageId: `image-${index}`, owner: 'alice', bucket: 'bucket', name, generation: '1' }
    const about = { ...photo, contentType, sizeBytes: statSync(file).size }
    const outcome = await lib.annotateImage(about, services, config)
    if (outcome.ended !== 'finished' || outcome.status !== 'succeeded') {
      throw new Error(`Cannot measure: ${name} ended as ${JSON.stringify(outcome)}`)
    }
    return outcome
  }),
)
const seconds = (performance.now() - started) / 1000
process.stdout.write(JSON.stringify({ idle, peak: mebibytes('VmHWM'), seconds, succeeded: ends.length }))

/** @param {string} module */
function load(module) {
  return import(pathToFileURL(join(compiled, `${module}.js`)).href)
}

/** @param {'VmHWM' | 'VmRSS'} field */
function mebibytes(field) {
  // https://man7.org/linux/man-pages/man5/proc_pid_status.5.html, 2026-11
  const [, kibibytes] =
    new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kibibytes) / 1024
}
