import { createHash } from 'node:crypto'
import type { Bucket, File } from '@google-cloud/storage'
import type { Firestore } from 'firebase-admin/firestore'
import type { Annotation } from '../../functions/src/document/annotation.ts'
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
  'paid too often',
  'bug',
] as const

export type Violation = { kind: (typeof KINDS)[number]; imageId: string | undefined; what: string }

/** Failures that end a photo although asking again may help; any other that may heal is waited for. */
const FOR_GOOD = /^(answer-.*|crashed|gave-up)$/

type End = {
  database: Firestore
  bucket: Bucket
  users: Users
  answers: Record<string, number>
  /** The photo of each image that the model was shown, by its SHA-256. */
  sentImages: Map<string, string>
}

/** What is wrong with the world at its end, by what lies in the emulators. */
export async function findViolations({ database, bucket, users, answers, sentImages }: End) {
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
    const ended = annotation?.error ? `${status} (${annotation.error.code})` : status
    statuses[ended] = (statuses[ended] ?? 0) + 1
    if (annotation?.status === 'processing' || annotation?.status === 'deferred') add('stuck', status)
    else if (annotation?.generation !== generation || status === 'superseded' || status === 'deleted')
      add('lost', `${status}, generation ${annotation?.generation} rather than ${generation}`)
    if (!annotation || annotation.generation !== generation) continue
    const { error } = annotation
    if (error?.retryable && !FOR_GOOD.test(error.code)) add('ended early', `${status}, ${error.code}`)
    const upload = users.uploadOf(imageId, generation)
    const [bytes] = await file.download()
    if (upload?.sha256 !== createHash('sha256').update(bytes).digest('hex'))
      throw new Error('The emulator holds other bytes than were uploaded')
    for (const what of await findStale(annotation, upload, async (path) => readFile(byName.get(path))))
      add('stale', what)
  }
  const named = new Set<string>()
  for (const [imageId, annotation] of annotations) {
    const add = (kind: Violation['kind'], what: string) => violations.push({ kind, imageId, what })
    if (annotation.status !== 'deleted' && !uploads.has(imageId)) add('ghost', annotation.status)
    if (annotation.lease) add('lease left', `${annotation.status}, ${annotation.lease.token}`)
    for (const name of ['describe', 'locate'] as const) {
      const paid = annotation.steps[name].paidCalls ?? 0
      if (paid > MAX_BILLABLE_ATTEMPTS) add('paid too often', `${name} ${paid} times by the document`)
    }
    for (const path of namesOf(imageId, annotation)) {
      named.add(path)
      if (!byName.has(path)) add('missing', path)
    }
  }
  for (const { name } of files) {
    if (name.includes('/uploads/') || named.has(name)) continue
    violations.push({ kind: 'orphan', imageId: parseResultPath(name)?.imageId, what: name })
  }
  for (const [sha256, count] of Object.entries(answers)) {
    if (count <= 2 * MAX_BILLABLE_ATTEMPTS) continue
    const what = `both steps ${count} times by the model service`
    violations.push({ kind: 'paid too often', imageId: sentImages.get(sha256), what })
  }
  return { violations, statuses }
}

function generationOf(file: File): string {
  return String(file.metadata.generation)
}

async function readFile(file: File | undefined): Promise<Buffer | undefined> {
  return file && (await file.download())[0]
}

/** The files that a document says belong to it. */
function namesOf(imageId: string, annotation: Annotation): string[] {
  const { owner, generation, overlay, preview, objects = [], steps } = annotation
  const { answerId } = steps.locate
  return [
    overlay?.path,
    preview?.path,
    ...objects.map(({ mask }) => mask?.path),
    answerId && resultPaths({ owner, imageId, generation }).answer(answerId).text,
  ].filter((path): path is string => path !== undefined && path !== '')
}
