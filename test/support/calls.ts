import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startGeminiEmulator } from '@firesight/gemini-emulator'
import express from 'express'
import { vi } from 'vitest'
import type { AnswerChunk, AnswerQuestionResult } from '../../functions/src/api/answer-question.ts'
import type { ErrorDetails } from '../../functions/src/api/error-details.ts'
import { createGenaiModel, type GenaiModelOptions } from '../../functions/src/model/gemini/genai-model.ts'
import type { RetryPolicy } from '../../functions/src/model/retry.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import { httpsImages } from '../../functions/src/stores/https/https-images.ts'
import { memoryAccounts } from '../../functions/src/stores/memory/memory-accounts.ts'
import { memoryModelCopies } from '../../functions/src/stores/memory/memory-model-files.ts'
import { memoryAnnotations, memoryPhotos } from '../../functions/src/stores/memory/memory-photos.ts'
import { unlimitedQuota } from '../../functions/src/stores/memory/memory-quota.ts'
import { memoryUpkeep } from '../../functions/src/stores/memory/memory-upkeep.ts'

/*
 * The deployed callables behind a real HTTP server, with photos in memory and Gemini over HTTP from its
 * emulator. Tokens are accepted without a signature, as in the Functions emulator.
 */

export const BUCKET = 'demo-firesight.appspot.com'
Object.assign(process.env, {
  GCLOUD_PROJECT: 'demo-firesight',
  FIREBASE_CONFIG: JSON.stringify({ projectId: 'demo-firesight', storageBucket: BUCKET }),
  FIREBASE_DEBUG_MODE: 'true',
  FIREBASE_DEBUG_FEATURES: '{"skipTokenVerification":true}',
  GEMINI_API_KEY: 'CANARY-KEY',
})
/** Logged lines of the functions. The logger keeps the console that it finds on import. */
export const logged: string[] = []
for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const) {
  vi.spyOn(console, method).mockImplementation((line: unknown) => void logged.push(String(line)))
}

// After the variables, which are read on import.
const functions = await import('../../functions/src/index.ts')
const { replaceServices } = await import('../../functions/src/services.ts')

/** Callables that ask the model about images. `annotateImage` runs the whole pipeline. */
export type CallName = 'answerQuestion' | 'compareImages' | 'detectObjects' | 'describeImage'

export type CallError = { status: string; message: string; details?: ErrorDetails }
/** Either a result or an error. */
export type CallAnswer<Result> = { httpStatus: number; result?: Result; error?: CallError }

/** Exactly one field is set. */
export type AnswerEvent = { message?: AnswerChunk; result?: AnswerQuestionResult; error?: CallError }

type CallInit = {
  /** The signed-in user; null without one. */
  uid?: string | null
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Services and server of one test file. */
export async function startCalls() {
  const gemini = await startGeminiEmulator()
  const app = express()
  app.use(express.json({ limit: '64mb' }))
  for (const name of Object.keys(functions) as (keyof typeof functions)[]) {
    const handler = functions[name] as unknown as express.RequestHandler
    app.all(`/${name}`, (request, response, next) => void handler(request, response, next))
  }
  const server = createServer(app)
  const url = await listen(server)
  const control = async (method: string, path: string, body?: object) => {
    const init = body ? { body: JSON.stringify(body) } : {}
    const response = await fetch(`${gemini.url}/emulator/v1/${path}`, { method, ...init })
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return response.json()
  }
  const post = async (name: string, data: unknown, accept: string, init: CallInit) =>
    fetch(`${url}/${name}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept,
        ...(init.uid !== null && { authorization: `Bearer ${unsigned(init.uid ?? 'alice')}` }),
        ...init.headers,
      },
      body: JSON.stringify({ data }),
      signal: init.signal ?? null,
    })

  return {
    url,
    photos: memoryPhotos(),
    annotations: memoryAnnotations(),

    model: (retry: RetryPolicy, changes: Partial<GenaiModelOptions> = {}) =>
      createGenaiModel({
        provider: { name: 'gemini-api', apiKey: () => 'CANARY-KEY' },
        timeoutMs: 2000,
        baseUrl: gemini.url,
        retry,
        ...changes,
      }),

    /** Sets new services, before each test. `changes` replaces some. */
    reset(changes: Partial<Services> = {}) {
      logged.length = 0
      this.photos = memoryPhotos()
      this.annotations = memoryAnnotations()
      let tokens = 0
      replaceServices({
        bucket: BUCKET,
        accounts: memoryAccounts(),
        photos: this.photos,
        annotations: this.annotations,
        urlImages: httpsImages(),
        quota: unlimitedQuota(),
        upkeep: memoryUpkeep(
          () => this.annotations.documents,
          () => this.photos.files,
        ),
        modelFiles: memoryModelCopies(),
        model: this.model({ attempts: 3, firstWaitMs: 1, maxWaitMs: 50 }),
        now: () => new Date(),
        newToken: () => `token-${++tokens}`,
        ...changes,
      })
    },
    /** Adds an object to the bucket without running the trigger. */
    store(name: string, bytes: Buffer, generation = '1700000000000001'): string {
      this.photos.files.set(name, { bytes, contentType: 'image/png', generation })
      return name
    },

    async call<Result>(
      name: CallName | 'annotateImage',
      data: unknown,
      init: CallInit = {},
    ): Promise<CallAnswer<Result>> {
      const response = await post(name, data, 'application/json', init)
      return { httpStatus: response.status, ...((await response.json()) as object) }
    },
    /** Yields the chunks, then the end. */
    async *streamAnswer(data: unknown, init: CallInit = {}): AsyncGenerator<AnswerEvent, void> {
      const response = await post('answerQuestion', data, 'text/event-stream', init)
      let text = ''
      for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
        text += piece
        const events = text.split('\n\n')
        text = events.pop()!
        for (const event of events)
          if (event.startsWith('data: ')) yield JSON.parse(event.slice(6)) as AnswerEvent
      }
    },

    script: async (script: object) => control('POST', 'scripts', script),
    async requests(): Promise<Requests> {
      return ((await control('GET', 'requests')) as { requests: Requests }).requests
    },
    async forget(): Promise<void> {
      await control('DELETE', 'scripts')
      await control('DELETE', 'requests')
    },
    async close(): Promise<void> {
      replaceServices(undefined)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await gemini.close()
    },
  }
}

type Requests = {
  method: string
  model?: string
  serviceTier?: string
  systemInstruction?: string
  texts?: string[]
  images?: { width: number; height: number; sha256: string; source: string }[]
  config?: { maxOutputTokens?: number; mediaResolution?: string }
  aborted?: true
  durationMs?: number
}[]

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A token without a signature, as the emulators accept it. */
function unsigned(uid: string): string {
  const parts = [
    { alg: 'none', typ: 'JWT' },
    { sub: uid, user_id: uid, aud: 'demo-firesight', iss: 'https://securetoken.google.com/demo-firesight' },
  ]
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`
}
