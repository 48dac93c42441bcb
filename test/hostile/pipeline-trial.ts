import { readFileSync } from 'node:fs'
import { readConfig } from '../../functions/src/config/read-config.ts'
import type { Annotation, Photo, Status } from '../../functions/src/document/annotation.ts'
import { imageIdOf, resultPaths } from '../../functions/src/document/storage-paths.ts'
import { asVisionError } from '../../functions/src/errors.ts'
import { filesApi } from '../../functions/src/model/gemini/files-api.ts'
import { createGenaiModel } from '../../functions/src/model/gemini/genai-model.ts'
import { annotateImage } from '../../functions/src/pipeline/annotate-image.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import { httpsImages } from '../../functions/src/stores/https/https-images.ts'
import { memoryAccounts } from '../../functions/src/stores/memory/memory-accounts.ts'
import { memoryModelFiles } from '../../functions/src/stores/memory/memory-model-files.ts'
import { memoryAnnotations, memoryPhotos } from '../../functions/src/stores/memory/memory-photos.ts'
import { unlimitedQuota } from '../../functions/src/stores/memory/memory-quota.ts'
import { memoryUpkeep } from '../../functions/src/stores/memory/memory-upkeep.ts'
import { firestoreComplaints } from './document-check.ts'
import { fileComplaints, textComplaints } from './result-check.ts'

/** An upload. Its bytes are in a file, so that reading them counts towards the memory of the trial. */
export type Task = {
  file: string
  fileName?: string | undefined
  contentType?: string | undefined
  /** Parameters by name, as text. */
  parameters: Record<string, string>
  /** The local Gemini API. */
  geminiUrl: string
}

/** How a photo ended, and which general checks failed. */
export type Report = {
  status?: Status | undefined
  code?: string | undefined
  /** From the read bytes to the final status. */
  durationMs: number
  complaints: string[]
  document: Record<string, unknown>
  /** Names of the result files. */
  files: string[]
}

/** Runs the annotation pipeline over memory stores, as an event does. */
export async function runPipeline(task: Task): Promise<Report> {
  const fileName = task.fileName ?? 'photo.jpg'
  const name = `users/alice/uploads/${fileName}`
  const bytes = readFileSync(task.file)
  const photo: Photo = {
    imageId: imageIdOf('bucket', name),
    owner: 'alice',
    bucket: 'bucket',
    name,
    generation: '1700000000000001',
    contentType: task.contentType ?? 'image/jpeg',
    sizeBytes: bytes.length,
  }
  const complaints: string[] = []
  const { services, annotations, photos, start } = servicesFor(task, photo, complaints)
  photos.files.set(name, { bytes, contentType: photo.contentType, generation: photo.generation })
  let code: string | undefined
  try {
    const outcome = await annotateImage(photo, services, readConfig(task.parameters))
    if (outcome.ended === 'finished') code = outcome.code
    else complaints.push(`it was skipped: ${outcome.reason}`)
  } catch (error) {
    code = asVisionError(error)?.code
    complaints.push(`it threw ${error instanceof Error ? error.stack : String(error)}`)
  }
  const durationMs = performance.now() - start.ms
  const document = annotations.documents.get(photo.imageId)
  if (document?.status !== 'succeeded' && document?.error?.code !== code) {
    complaints.push(`the document has the code ${document?.error?.code}, the outcome ${code}`)
  }
  const files = [...photos.files.keys()].filter((file) => file !== name)
  complaints.push(...unexpectedFiles(files, photo))
  if (document) complaints.push(...textComplaints(document), ...fileComplaints(document, photos.files))
  return { status: document?.status, code, durationMs, complaints, document: plain(document), files }
}

function servicesFor(task: Task, photo: Photo, complaints: string[]) {
  const [annotations, photos] = [memoryAnnotations(), memoryPhotos()]
  const start = { ms: performance.now() }
  const client = {
    provider: { name: 'gemini-api', apiKey: () => 'any' },
    timeoutMs: 20_000,
    baseUrl: task.geminiUrl,
  } as const
  const [records, uploads] = [memoryModelFiles(), filesApi(client)]
  let tokens = 0
  const services: Services = {
    bucket: 'bucket',
    accounts: memoryAccounts(),
    annotations: {
      ...annotations,
      async update(...change) {
        const outcome = await annotations.update(...change)
        const document = { ...annotations.documents.get(photo.imageId) }
        complaints.push(...firestoreComplaints(document, `images/${photo.imageId}`))
        return outcome
      },
    },
    photos: {
      ...photos,
      async readUpload(...read) {
        const bytes = await photos.readUpload(...read)
        start.ms = performance.now()
        return bytes
      },
    },
    urlImages: httpsImages(),
    quota: unlimitedQuota(),
    upkeep: memoryUpkeep(
      () => annotations.documents,
      () => photos.files,
    ),
    modelFiles: { records, uploads },
    model: createGenaiModel({
      ...client,
      retry: { attempts: 2, firstWaitMs: 1, maxWaitMs: 10 },
      files: { records, uploads },
    }),
    now: () => new Date(),
    newToken: () => `token-${++tokens}`,
  }
  return { services, annotations, photos, start }
}

/** Names of results consist of ids and indexes, never of file names or labels. */
function unexpectedFiles(files: string[], photo: Photo): string[] {
  const { folder } = resultPaths(photo)
  const expected = /^((preview|thumbnail)\.jpg|[\w-]+\/(answer\.json|overlay\.png|masks\/\d{1,3}\.png))$/
  return files
    .filter((file) => !file.startsWith(folder) || !expected.test(file.slice(folder.length)))
    .map((file) => `it wrote ${JSON.stringify(file)}`)
}

/** As it is sent between processes. */
function plain(document: Annotation | undefined): Record<string, unknown> {
  return JSON.parse(JSON.stringify(document ?? {})) as Record<string, unknown>
}
