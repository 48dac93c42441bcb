import { setTimeout as delay } from 'node:timers/promises'
import type { Request, RequestHandler, Response } from 'express'
import type { Chaos } from '../scripts/chaos.ts'
import type { Journal, JournalEntry } from '../scripts/journal.ts'
import { sendScripted } from '../scripts/reply.ts'
import type { Method, Reply, Scripts } from '../scripts/script.ts'
import type { Scene } from '../vision/analyze.ts'
import { ApiError } from './api-error.ts'
import type { FileStore } from './file-store.ts'
import type { StorageObjects } from './storage-objects.ts'
import type { Uploads } from './upload.ts'

/** The state that the emulator keeps between requests. */
export type State = {
  now: () => Date
  files: FileStore
  /** The Storage objects for Vertex AI paths, if a Storage emulator is configured. */
  objects: StorageObjects | undefined
  uploads: Uploads
  scripts: Scripts
  chaos: Chaos
  journal: Journal
  analyzeImage: (bytes: Buffer) => Promise<Scene>
}

export type Call = {
  request: Request
  response: Response
  apiVersion: string
  /** The URL of the API version, with the host that the client used. */
  baseUrl: string
  entry: JournalEntry
}

/** Validates a call and returns the function that sends the answer. */
export type Prepare = (call: Call) => Respond | Promise<Respond>
export type Respond = (reply: Reply) => void | Promise<void>

/**
 * Journals and validates a call, then answers with the first matching script, a random fault, or the
 * emulator.
 */
export function serve(state: State, method: Method, prepare: Prepare): RequestHandler {
  return async (request, response) => {
    const apiVersion = String(request.params.version)
    const baseUrl = `${request.protocol}://${request.get('host')}/${apiVersion}`
    const entry = state.journal.open(method, apiVersion, state.now())
    const disconnected = journalResponse(response, entry)
    if (!/^v1(beta1?|alpha)?$/.test(apiVersion))
      throw new ApiError('NOT_FOUND', `Unknown API version ${apiVersion}. The versions are v1 and v1beta.`)
    const respond = await prepare({ request, response, apiVersion, baseUrl, entry })
    const reply = state.scripts.take(entry) ?? state.chaos.take(entry) ?? {}
    response.set(reply.headers ?? {})
    if (reply.delayMs) await delay(reply.delayMs, undefined, { signal: disconnected }).catch(() => undefined)
    if (disconnected.aborted || sendScripted(response, reply, method)) return
    await respond(reply)
  }
}

/** Records the end of the response in the journal. The signal fires when the connection is closed. */
function journalResponse(response: Response, entry: JournalEntry): AbortSignal {
  const disconnected = new AbortController()
  const started = performance.now()
  response.once('close', () => {
    if (response.headersSent) entry.status = response.statusCode
    if (!response.writableFinished && !response.locals.cut) entry.aborted = true
    entry.durationMs = Math.round(performance.now() - started)
    disconnected.abort()
  })
  return disconnected.signal
}
