import type { FirebaseApp } from 'firebase/app'
import { connectFunctionsEmulator, type Functions, getFunctions, httpsCallable } from 'firebase/functions'
import type { AnswerChunk } from '../../functions/src/api/answer-question.ts'
import { cancelledError, clientError } from './error.ts'
import { toFiresightError } from './firebase-error.ts'
import { CALL_TIMEOUT_MS, type CallSettings, hostAndPort } from './settings.ts'

export type CallOptions = {
  /** Cancels the call. The function and its model request are cancelled too. */
  signal?: AbortSignal | undefined
  /**
   * Longest time until the whole result, in milliseconds. The defaults are slightly above the timeouts of the
   * functions: 130,000, and 310,000 for `annotateImage`.
   */
  timeoutMs?: number | undefined
}

/** `onChunk` receives the pieces of an answer. Only `answerQuestion` is streamed. */
export type StreamOptions = CallOptions & { onChunk?: (chunk: AnswerChunk) => void }

/** Calls a function by its deployed name. */
export type Caller = <Result>(name: string, request: object, options: StreamOptions) => Promise<Result>

export function createCaller(app: FirebaseApp, settings: CallSettings): Caller {
  const functions = getFunctions(app, settings.region)
  if (settings.emulator) connectFunctionsEmulator(functions, ...hostAndPort(settings.emulator))
  return async (name, fields, options) => {
    const request = withoutUndefined(fields)
    const { signal, timeoutMs = CALL_TIMEOUT_MS, onChunk } = options
    if (signal?.aborted) throw cancelledError('call', signal.reason)
    const isStreamed = onChunk !== undefined || signal !== undefined
    try {
      if (isStreamed) return await callStreamed(functions, name, request, { ...options, timeoutMs }, settings)
      const call = httpsCallable(functions, name, { ...tokenOptions(settings), timeout: timeoutMs })
      return (await call(request)).data as never
    } catch (error) {
      throw toFiresightError(error)
    }
  }
}

/**
 * Uses the streaming call of the SDK, the only one that can be cancelled. In version 12.19 that call does not
 * settle when the connection ends without a result (a missing function, for example), has no timeout, and
 * reports a timeout and a broken connection alike.
 */
async function callStreamed<Result>(
  functions: Functions,
  name: string,
  request: unknown,
  { signal, timeoutMs, onChunk }: StreamOptions & { timeoutMs: number },
  settings: CallSettings,
): Promise<Result> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const stop = signal ? AbortSignal.any([signal, timeout]) : timeout
  try {
    const { stream, data } = await httpsCallable<unknown, Result, AnswerChunk>(functions, name).stream(
      request,
      {
        ...tokenOptions(settings),
        signal: stop,
      },
    )
    // A failed call rejects both `data` and `stream`. Only the error of `data` has details.
    const settled = data.then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    )
    let streamError: unknown
    try {
      for await (const chunk of stream) onChunk?.(chunk)
    } catch (error) {
      streamError = error
    }
    const outcome = await Promise.race([settled, nextTask()])
    if (outcome && 'result' in outcome) return outcome.result
    throw outcome ? outcome.error : (streamError ?? clientError('network'))
  } catch (error) {
    if (signal?.aborted) throw cancelledError('call', signal.reason)
    if (timeout.aborted) throw clientError('deadline-exceeded', error)
    throw error
  }
}

/** The SDK (12.19) sends undefined fields as null, which the request schemas reject. */
function withoutUndefined(request: object): object {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined))
}

/** Resolves after every promise that has already settled. */
function nextTask(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, 0, undefined))
}

function tokenOptions({ limitedUseAppCheckTokens }: CallSettings): { limitedUseAppCheckTokens?: true } {
  return limitedUseAppCheckTokens ? { limitedUseAppCheckTokens } : {}
}
