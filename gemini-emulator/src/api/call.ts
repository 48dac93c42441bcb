import { setTimeout as delay } from 'node:timers/promises'
import type { Request, RequestHandler, Response } from 'express'
import type { Chaos } from '../scripts/chaos.ts'
import type { Journal, JournalEntry } from '../scripts/journal.ts'
import { sendScripted } from '../scripts/reply.ts'
import type { Method, Reply, Scripts } from '../scripts/script.ts'
import type { Sight } from '../vision/look.ts'
import { ApiError } from './api-error.ts'
import type { FileStore } from './file-store.ts'
import type { StorageObjects } from './storage-objects.ts'
import type { Uploads } from './upload.ts'

/** What the emulator keeps between requests. */
export type State = {
  now: () => Date
  files: FileStore
  /** What Vertex AI may read, where there is a Storage emulator. */
  objects: StorageObjects | undefined
  uploads: Uploads
  scripts: Scripts
  chaos: Chaos
  journal: Journal
  look: (bytes: Buffer) => Promise<Sight>
}

export type Call = {
  request: Request
  response: Response
  apiVersion: string
  /** Of the API version, as the client reached it. */
  baseUrl: string
  entry: JournalEntry
}

/** Checks a call and gives back what answers it, unless a script does. */
export type Prepare = (call: Call) => Respond | Promise<Respond>
export type Respond = (reply: Reply) => void | Promise<void>

/** Journals a call, checks it, and lets the first script that fits, or a fault at random, answer before the emulator does. */
export function serve(state: State, method: Method, prepare: Prepare): RequestHandler {
  return async (request, response) => {
    const apiVersion = String(request.params.version)
    const baseUrl = `${request.protocol}://${request.get('host')}/${apiVersion}`
    const entry = state.journal.open(method, apiVersion, state.now())
    const gone = watch(response, entry)
    if (!/^v1(beta1?|alpha)?$/.test(apiVersion))
      throw new ApiError(
        'NOT_FOUND',
        `API version ${apiVersion} is not known, the versions are v1 and v1beta.`,
      )
    const respond = await prepare({ request, response, apiVersion, baseUrl, entry })
    const reply = state.scripts.take(entry) ?? state.chaos.take(entry) ?? {}
    response.set(reply.headers ?? {})
    if (reply.delayMs) await delay(reply.delayMs, undefined, { signal: gone }).catch(() => undefined)
    if (gone.aborted || sendScripted(response, reply, method)) return
    await respond(reply)
  }
}

/** Notes in the journal how the answer ended; the signal fires when the connection is closed. */
function watch(response: Response, entry: JournalEntry): AbortSignal {
  const gone = new AbortController()
  const started = performance.now()
  response.once('close', () => {
    if (response.headersSent) entry.status = response.statusCode
    if (!response.writableFinished && !response.locals.cut) entry.aborted = true
    entry.durationMs = Math.round(performance.now() - started)
    gone.abort()
  })
  return gone.signal
}
