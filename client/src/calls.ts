import type { FirebaseApp } from 'firebase/app'
import { connectFunctionsEmulator, type Functions, getFunctions, httpsCallable } from 'firebase/functions'
import type { AnswerChunk } from '../../functions/src/api/answer-question.ts'
import { cancelledError, clientError } from './error.ts'
import { toFiresightError } from './firebase-error.ts'
import { CALL_TIMEOUT_MS, type CallSettings, hostAndPort } from './settings.ts'

export type CallOptions = {
  /** Ends the call, and with it the work of the function and the model. */
  signal?: AbortSignal | undefined
  /** Longest wait for the whole answer, in milliseconds. Without it a little longer than the functions work: 130,000, and 310,000 to annotate. */
  timeoutMs?: number | undefined
}

/** `onChunk` gets the pieces of an answer: only that one is streamed. */
export type StreamOptions = CallOptions & { onChunk?: (chunk: AnswerChunk) => void }

/** Calls functions by the names they were deployed under. */
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
      const call = httpsCallable(functions, name, { ...tokens(settings), timeout: timeoutMs })
      return (await call(request)).data as never
    } catch (error) {
      throw toFiresightError(error)
    }
  }
}

/**
 * By the SDK's streaming call, which is also the only one that can be cancelled. What it does not do (12.19): settle when the connection
 * ends without a result, as with a function that does not exist; time out; tell a time-out from a broken network.
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
        ...tokens(settings),
        signal: stop,
      },
    )
    // Of the two errors of a failed call, this is the one with the details.
    const ended = data.then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    )
    let broken: unknown
    try {
      for await (const chunk of stream) onChunk?.(chunk)
    } catch (error) {
      broken = error
    }
    const end = await Promise.race([ended, afterAllElse()])
    if (end && 'result' in end) return end.result
    throw end ? end.error : (broken ?? clientError('network'))
  } catch (error) {
    if (signal?.aborted) throw cancelledError('call', signal.reason)
    if (timeout.aborted) throw clientError('deadline-exceeded', error)
    throw error
  }
}

/** The SDK (12.19) sends null for a field that is undefined, which is another thing to a schema. */
function withoutUndefined(request: object): object {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined))
}

/** Later than whatever has settled by now. */
function afterAllElse(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, 0, undefined))
}

function tokens({ limitedUseAppCheckTokens }: CallSettings): { limitedUseAppCheckTokens?: true } {
  return limitedUseAppCheckTokens ? { limitedUseAppCheckTokens } : {}
}
