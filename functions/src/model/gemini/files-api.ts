import { z } from 'zod'
import { VisionError } from '../../errors.ts'
import type { ModelFile, ModelImage, ModelUploads, Patience } from '../../ports/model-files.ts'
import { ModelFailure } from '../../ports/vision-model.ts'
import { type Pacing, pause, RETRY_POLICY, type RetryPolicy, withRetry } from '../retry.ts'
import { type GenaiClientOptions, loadClient } from './genai-client.ts'
import { callService, DAMAGED_RESPONSE } from './service-error.ts'

/** How often to check whether a file is ready. Each wait is twice as long as the one before. */
export type FilePolling = { firstWaitMs: number; maxWaitMs: number; totalMs: number }

const FILE_POLLING: FilePolling = { firstWaitMs: 500, maxWaitMs: 4000, totalMs: 30_000 }
/** https://ai.google.dev/gemini-api/docs/files, 2026-11. */
const LIFETIME_MS = 48 * 60 * 60 * 1000

/** The fields used of a `File`. https://ai.google.dev/api/files#File, 2026-11. */
const fileSchema = z.object({
  name: z.string(),
  uri: z.string(),
  state: z.string().optional(),
  expirationTime: z.coerce.date().optional(),
})

/** The end of a URI. https://ai.google.dev/api/files#File, 2026-11. */
const FILE_NAME = /files\/[a-z0-9-]+$/

type File = z.infer<typeof fileSchema>

/** Files of the Gemini API. Vertex AI has none. */
export function filesApi(
  options: GenaiClientOptions & { retry?: RetryPolicy; pacing?: Pacing },
  polling: FilePolling = FILE_POLLING,
): ModelUploads {
  return {
    async upload(image, signal, patience = {}) {
      let file = await uploadOnce(image, signal, patience)
      if (file.state === 'FAILED') file = await uploadOnce(image, signal, patience)
      if (file.state === 'FAILED') {
        throw new VisionError('model-refused-image', 'The model service could not process the image file')
      }
      return toModelFile(file)
    },

    async remove(uri) {
      const name = FILE_NAME.exec(uri)?.[0]
      if (!name) throw new Error('Cannot delete a file of the model service: its URI is not of the Files API')
      const { files } = await loadClient(options)
      try {
        await callService(async () => files.delete({ name }))
      } catch (error) {
        if (!(error instanceof ModelFailure && isMissingFile(error))) throw error
      }
    },
  }

  async function uploadOnce(
    { data, mimeType }: ModelImage,
    signal: AbortSignal | undefined,
    { maxWaitMs = Number.POSITIVE_INFINITY, timeLeftMs, waited }: Patience,
  ): Promise<File> {
    // A new client, since files.upload() ignores `abortSignal` (@google/genai 3.3.0).
    const { files } = await loadClient(options, signal && fetchUnder(signal))
    const { retry = RETRY_POLICY, pacing } = options
    const policy = { ...retry, maxWaitMs: Math.min(retry.maxWaitMs, maxWaitMs) }
    // A view, not a copy: images are never in shared memory.
    const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.length)
    const blob = new Blob([bytes], { type: mimeType })
    const call = async (request: () => Promise<unknown>): Promise<File> => {
      const send = async () => callService(async () => readFile(await request()))
      const sent = await withRetry(send, policy, {
        signal,
        attempts: waited && { waited },
        timeLeftMs,
        pacing,
      })
      if ('failure' in sent) throw sent.failure
      return sent.value
    }
    let file = await call(async () => files.upload({ file: blob }))
    // Working time: the service processes the file.
    let waitMs = polling.firstWaitMs
    for (let leftMs = polling.totalMs; file.state === 'PROCESSING' && leftMs > 0; leftMs -= waitMs) {
      await pause(waitMs, signal, pacing)
      waitMs = Math.min(waitMs * 2, polling.maxWaitMs)
      const { name } = file
      file = await call(async () => files.get({ name }))
    }
    if (file.state === 'PROCESSING') {
      throw new VisionError('model-unavailable', `The image file was not ready after ${polling.totalMs} ms`)
    }
    return file
  }
}

function fetchUnder(signal: AbortSignal): typeof fetch {
  return async (input, init) =>
    fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal })
}

/**
 * The service answers 403 for a file that does not exist or that belongs to another project, and 404 in
 * places. Read 2026-11-30: https://github.com/google-gemini/deprecated-generative-ai-js/issues/236
 */
function isMissingFile({ code, reason }: ModelFailure): boolean {
  return code === 'model-not-found' || (code === 'model-misconfigured' && reason === 'file-unusable')
}

function readFile(file: unknown): File {
  const parsed = fileSchema.safeParse(file)
  if (parsed.success) return parsed.data
  const found = z.prettifyError(parsed.error)
  throw new ModelFailure(
    'model-unavailable',
    `Unexpected description of a file from the model service: ${found}`,
    DAMAGED_RESPONSE,
  )
}

function toModelFile({ uri, expirationTime }: File): ModelFile {
  return { uri, expiresAt: expirationTime ?? new Date(Date.now() + LIFETIME_MS) }
}
