import { createHash } from 'node:crypto'
import type { Bucket, File } from '@google-cloud/storage'
import type { Firestore } from 'firebase-admin/firestore'
import { type Annotation, errorOf } from '../../functions/src/document/annotation.ts'
import { imageIdOf, parseResultPath, resultPaths } from '../../functions/src/document/storage-paths.ts'
import { MAX_BILLABLE_ATTEMPTS } from '../../functions/src/pipeline/billable-attempts.ts'
import { ANNOTATIONS, toAnnotation } from '../../functions/src/stores/firestore/firestore-annotations.ts'
import { findStale } from './stale.ts'
import type { Users } from './users.ts'

export const KINDS = [
  'lost',
  'stuck',
  'ended early',
  'stale',
  'ghost',
  'orphan',
  'missing',
  'lease left',
  'late write',
  'billed too often',
  'bug',
] as const

export type Violation = { kind: (typeof KINDS)[number]; imageId: string | undefined; what: string }

/** Retryable failures that may end a photo. All others must be retried. */
const FINAL = /^(answer-.*|crashed|gave-up)$/

type State = {
  database: Firestore
  bucket: Bucket
  users: Users
  answers: Record<string, number>
  /** The photo of each image that the model received, by SHA-256. */
  sentImages: Map<string, string>
}

/** Checks the documents and files in the emulators at the end. */
export async function findViolations({ database, bucket, users, answers, sentImages }: State) {
  const violations: Violation[] = []
  const statuses: Record<string, number> = {}
  const [files] = await bucket.getFiles()
  const byName = new Map(files.map((file) => [file.name, file]))
  const uploads = new Map(
    files
      .filter(({ name }) => name.includes('/uploads/'))
      .map((file) => [imageIdOf(bucket.name, file.name), file]),
  )
  const documents = (await database.collection(ANNOTATIONS).get()).docs
  const annotations = new Map(documents.map((document) => [document.id, toAnnotation(document.data())]))

  for (const [imageId, file] of uploads) {
    const add = (kind: Violation['kind'], what: string) => violations.push({ kind, imageId, what })
    const annotation = annotations.get(imageId)
    const generation = generationOf(file)
    const status = annotation?.status ?? 'none'
    const failure = errorOf(annotation)
    const ended = failure ? `${status} (${failure.code})` : status
    statuses[ended] = (statuses[ended] ?? 0) + 1
    if (annotation?.status === 'processing' || annotation?.status === 'deferred') add('stuck', status)
    else if (annotation?.generation !== generation || status === 'superseded' || status === 'deleted')
      add('lost', `${status}, generation ${annotation?.generation} rather than ${generation}`)
    if (!annotation || annotation.generation !== generation || annotation.status === 'deleted') continue
    if (failure?.retryable && !FINAL.test(failure.code)) add('ended early', `${status}, ${failure.code}`)
    const upload = users.uploadOf(imageId, generation)
    const [bytes] = await file.download()
    if (upload?.sha256 !== createHash('sha256').update(bytes).digest('hex'))
      throw new Error('The emulator holds other bytes than the user uploaded')
    for (const what of await findStale(annotation, upload, async (path) => readFile(byName.get(path))))
      add('stale', what)
  }
  const referenced = new Set<string>()
  for (const [imageId, annotation] of annotations) {
    const add = (kind: Violation['kind'], what: string) => violations.push({ kind, imageId, what })
    if (annotation.status === 'deleted') continue
    if (!uploads.has(imageId)) add('ghost', annotation.status)
    if (annotation.lease) add('lease left', `${annotation.status}, ${annotation.lease.token}`)
    const { locate, draw } = annotation.steps
    if (draw.state === 'succeeded' && locate.state !== 'succeeded')
      add('missing', `no objects, although draw ${draw.state}`)
    for (const name of ['describe', 'locate'] as const) {
      const billed = annotation.steps[name].paidCalls ?? 0
      if (billed > MAX_BILLABLE_ATTEMPTS)
        add('billed too often', `${name} ${billed} times, according to the document`)
    }
    for (const path of referencedPaths(imageId, annotation)) {
      referenced.add(path)
      if (!byName.has(path)) add('missing', path)
    }
  }
  for (const { name } of files) {
    if (name.includes('/uploads/') || referenced.has(name)) continue
    violations.push({ kind: 'orphan', imageId: parseResultPath(name)?.imageId, what: name })
  }
  for (const [sha256, count] of Object.entries(answers)) {
    if (count <= 2 * MAX_BILLABLE_ATTEMPTS) continue
    const what = `both steps ${count} times, according to the model service`
    violations.push({ kind: 'billed too often', imageId: sentImages.get(sha256), what })
  }
  return { violations, statuses }
}

function generationOf(file: File): string {
  return String(file.metadata.generation)
}

async function readFile(file: File | undefined): Promise<Buffer | undefined> {
  return file && (await file.download())[0]
}

/** The files that a document refers to. */
function referencedPaths(imageId: string, annotation: Annotation): string[] {
  const { owner, generation, overlay, preview, thumbnail, objects = [], steps } = annotation
  const { answerId } = steps.locate
  return [
    overlay?.path,
    preview?.path,
    thumbnail?.path,
    ...objects.map(({ mask }) => mask?.path),
    answerId && resultPaths({ owner, imageId, generation }).answer(answerId).text,
  ].filter((path): path is string => path !== undefined && path !== '')
}
