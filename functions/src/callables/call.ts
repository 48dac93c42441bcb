import { randomUUID } from 'node:crypto'
import type { CallableRequest, HttpsError } from 'firebase-functions/https'
import * as logger from 'firebase-functions/logger'
import type { z } from 'zod'
import type { Config } from '../config/config.ts'
import { GEMINI_API_KEY } from '../config/params.ts'
import { readConfig } from '../config/read-config.ts'
import { asVisionError, OPERATOR_ERRORS, VisionError } from '../errors.ts'
import type { Services } from '../ports/services.ts'
import { getServices } from '../services.ts'
import { asFirestoreFailure } from '../stores/firestore/firestore-failure.ts'
import type { Caller } from './caller.ts'
import { toHttpsError } from './https-error.ts'
import { InvalidRequest, readRequest } from './read-request.ts'

/** What becomes of a call once it is known who calls and what they want. */
export type Run<S extends z.ZodType, Result> = (
  request: z.output<S>,
  caller: Caller,
  services: Services,
  config: Config,
) => Promise<Result>

export type CallOptions = {
  /** The function's name, for the log. */
  name: string
  /** How long the work may take, in milliseconds: less than the function may run, so that there is time to say so. */
  timeoutMs: number
  /** Whether an App Check token is good for one call only, if CONSUME_APP_CHECK_TOKEN is set. */
  expensive: boolean
}

/**
 * The way of every call: who it is, what they ask, the work, one line in the log, and errors in words that are ours.
 * @param gone aborts when the client has gone away
 * @throws HttpsError with `ErrorDetails`
 */
export async function handleCall<S extends z.ZodType, Result>(
  call: CallableRequest<unknown>,
  schema: S,
  options: CallOptions,
  run: Run<S, Result>,
  gone?: AbortSignal,
): Promise<Result> {
  const requestId = randomUUID()
  const started = Date.now()
  const about = { function: options.name, requestId }
  const limit = limitOf(gone, options.timeoutMs)
  try {
    const config = readConfig()
    const uid = checkCaller(call, config, options)
    const request = readRequest(call.data, schema, config)
    const services = await getServices(config, () => GEMINI_API_KEY.value())
    const result = await run(request, { uid, signal: limit.signal }, services, config)
    logger.info('call answered', { ...about, ...tokensOf(result), ms: Date.now() - started })
    return result
  } catch (error) {
    throw report(error, { ...about, ms: Date.now() - started })
  } finally {
    limit.clear()
  }
}

function checkCaller(
  { auth, app }: CallableRequest<unknown>,
  { enforceAppCheck, consumeAppCheckToken }: Config,
  { expensive }: CallOptions,
): string {
  if (enforceAppCheck && !app) {
    throw new VisionError('app-check-failed', 'Cannot take the call: it has no valid App Check token')
  }
  // The SDK tells that a token was used before, and leaves the rest to us.
  if (expensive && consumeAppCheckToken && app?.alreadyConsumed) {
    throw new VisionError('app-check-failed', 'Cannot take the call: its App Check token was used before')
  }
  // The emulator gives an `auth` without a user for tokens that are none.
  if (!auth?.uid) throw new VisionError('unauthenticated', 'Cannot take the call: nobody is signed in')
  return auth.uid
}

/** Ends the work when the client goes away, or when time is up, and says which. */
function limitOf(
  gone: AbortSignal | undefined,
  timeoutMs: number,
): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController()
  const end = (code: 'cancelled' | 'model-timeout', message: string) =>
    controller.abort(new VisionError(code, message))
  const onGone = () => end('cancelled', 'The caller went away')
  gone?.addEventListener('abort', onGone)
  if (gone?.aborted) onGone()
  const timer = setTimeout(() => end('model-timeout', 'The time for the call is over'), timeoutMs)
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer)
      gone?.removeEventListener('abort', onGone)
    },
  }
}

function report(error: unknown, about: { requestId: string; function: string; ms: number }): HttpsError {
  const failure = asVisionError(error) ?? asFirestoreFailure(error)
  if (!failure) {
    // The stack as text: of an Error as a field, the logger would write nothing.
    logger.error('call failed', { ...about, code: 'internal', stack: stackOf(error) })
    return toHttpsError(new VisionError('internal', 'A bug'), about.requestId)
  }
  const line = { ...about, code: failure.code }
  if (OPERATOR_ERRORS.has(failure.code)) logger.error('call refused', line)
  else logger.info('call refused', line)
  return toHttpsError(
    failure,
    about.requestId,
    failure instanceof InvalidRequest ? failure.issues : undefined,
  )
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function tokensOf(result: unknown): { tokens?: number } {
  const { usage } = result as { usage?: { totalTokens: number } }
  return usage ? { tokens: usage.totalTokens } : {}
}
