import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Metafile } from 'esbuild'
import { root } from '../tools/paths.ts'
import { LATENCY_MS } from './path/latencies.ts'

/** The input of children/cold-photo.ts. Files are URLs. */
export type ColdPhoto = {
  /** The entry of the bundle. */
  index: string
  /** Its file of firebase-admin/firestore. */
  firestore: string
  /** Loaded before the measurement. */
  preloaded: readonly string[]
  photoFile: string
  bucket: string
  latencies: typeof LATENCY_MS
}

const BUCKET = 'demo-bench.appspot.com'
const FIRESTORE = /firebase-admin\/lib\/esm\/firestore\/index\.js$/

/**
 * Measures the imports that the first photo of an instance waits for, before its model request is sent: the
 * time of a new process until this request, less that of a process that has loaded all files before. Imports
 * during the photo's own I/O count only if it waits for them. All calls take the time of `LATENCY_MS`.
 * @returns a measurement in milliseconds
 */
export function prepareColdPhoto(
  bundle: string,
  metafile: Metafile,
  files: readonly string[],
  jpeg: Buffer,
): () => number {
  const photoFile = join(bundle, '..', 'photo.jpg')
  writeFileSync(photoFile, jpeg)
  const url = (file: string) => pathToFileURL(join(bundle, basename(file))).href
  const firestore = Object.entries(metafile.outputs).find(([, { entryPoint = '' }]) =>
    FIRESTORE.test(entryPoint),
  )
  if (!firestore) throw new Error('Cannot measure: the bundle has no file of firebase-admin/firestore')
  const input = { index: url('index.js'), firestore: url(firestore[0]), photoFile, bucket: BUCKET }
  const untilRequest = (preloaded: readonly string[]) =>
    runChild({
      ...input,
      latencies: LATENCY_MS,
      preloaded: preloaded.map((file) => pathToFileURL(file).href),
    })
  return () => untilRequest([]) - untilRequest(files)
}

/** @returns milliseconds */
function runChild(input: ColdPhoto): number {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'children/cold-photo.ts')],
    {
      cwd: join(root, 'functions'),
      encoding: 'utf8',
      env: {
        ...process.env,
        COLD_PHOTO: JSON.stringify(input),
        FIREBASE_CONFIG: JSON.stringify({ projectId: 'demo-bench', storageBucket: BUCKET }),
        GCLOUD_PROJECT: 'demo-bench',
        METADATA_SERVER_DETECTION: 'none',
        NODE_COMPILE_CACHE: undefined,
      },
    },
  )
  const time = Number.parseFloat(stdout)
  if (!Number.isFinite(time)) throw new Error(`Cannot measure the first photo of an instance:\n${stderr}`)
  return time
}
