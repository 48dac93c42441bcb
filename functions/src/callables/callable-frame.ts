import { randomUUID } from 'node:crypto'
import type { CallableRequest, CallableResponse, HttpsError } from 'firebase-functions/https'
import * as logger from 'firebase-functions/logger'
import type { z } from 'zod'
import type { AnswerChunk } from '../api/answer-question.ts'
import type { Config } from '../config/config.ts'
import { geminiApiKey, knownApiKey } from '../config/params.ts'
import { readConfig } from '../config/read-config.ts'
import { asVisionError, OPERATOR_ERRORS, VisionError } from '../errors.ts'
import { operatorMessage } from '../pipeline/operator-message.ts'
import type { AccountClass } from '../ports/accounts.ts'
import type { Services } from '../ports/services.ts'
import { getServices } from '../services.ts'
import { accountClassOf } from './account-class.ts'
import { type Audit, audited } from './audit-log.ts'
import { checkAccount, checkOperatorClaim } from './check-account.ts'
import { toHttpsError } from './https-error.ts'
import { InvalidRequest, readRequest } from './read-request.ts'

export type Caller = {
  uid: string
  account: AccountClass
  /** When the user last proved the identity: the sign-in, not the last refresh of the token. */
  signedInAt: Date
  /** `anonymous`, `password`, `google.com` and so on. */
  signInProvider: string | undefined
  /** Its reason is a VisionError: `cancelled` (the client disconnected) or `model-timeout` (time is up). */
  signal: AbortSignal
  /** Sends a piece of a streamed answer, if the client accepts a stream. Rejects on a closed connection. */
  onText?: (delta: string) => void | Promise<void>
}

export type CallableDefinition<Schema extends z.ZodType> = {
  /** The function's name, for the log. */
  name: string
  request: Schema
  /** Time limit of the work. Less than the function's timeout, so that the error reaches the client. */
  timeoutMs: number
  /** With CONSUME_APP_CHECK_TOKEN, rejects App Check tokens that were used before. */
  expensive?: boolean
  /** Requires the custom claim `firesightOperator: true`, in the token and in the account. */
  operatorsOnly?: boolean
  /**
   * Rejects users whose account was disabled or deleted, or whose tokens were revoked, since the token was
   * issued. Costs a request to Firebase Authentication. Always checked with `operatorsOnly`.
   */
  checkRevoked?: boolean
}

/** What the work of a callable needs besides its request. */
export type CallContext = Caller & { services: Services; config: Config }

export type CallableHandler<Result> = (
  call: CallableRequest<unknown>,
  response?: CallableResponse<AnswerChunk>,
) => Promise<Result>

/**
 * The frame of every callable: checks the caller and the request, runs the work with a time limit, writes one
 * log line and maps errors to public ones. The handler throws HttpsError with `ErrorDetails`.
 * @param audit writes audit log lines about the call, if given
 */
export function callableHandler<Schema extends z.ZodType, Result>(
  definition: CallableDefinition<Schema>,
  work: (request: z.output<Schema>, context: CallContext) => Promise<Result>,
  audit?: Audit<z.output<Schema>, Result>,
): CallableHandler<Result> {
  return async (call, response) => {
    const requestId = randomUUID()
    const started = Date.now()
    const logFields = { function: definition.name, requestId }
    const limit = limitWork(response?.signal, definition.timeoutMs)
    try {
      const config = readConfig()
      const identity = checkCaller(call, config, definition)
      const request = readRequest(call.data, definition.request, config)
      if (definition.operatorsOnly) checkOperatorClaim(call)
      const caller = { ...identity, signal: limit.signal, ...streamTo(call, response) }
      const run = async () => {
        const services = await getServices(config, geminiApiKey)
        if (definition.operatorsOnly || definition.checkRevoked)
          await checkAccount(identity, services.accounts, definition)
        return work(request, { ...caller, services, config })
      }
      const auditFields = { ...logFields, uid: identity.uid }
      const result = await (audit ? audited(audit, auditFields, request, config, run) : run())
      logger.info('call answered', { ...logFields, ...tokensOf(result), ms: Date.now() - started })
      return result
    } catch (error) {
      throw reportFailure(error, { ...logFields, ms: Date.now() - started })
    } finally {
      limit.clear()
    }
  }
}

type Identity = Pick<Caller, 'uid' | 'account' | 'signedInAt' | 'signInProvider'>

function checkCaller(
  { auth, app }: CallableRequest<unknown>,
  { enforceAppCheck, consumeAppCheckToken }: Config,
  { expensive = false }: { expensive?: boolean },
): Identity {
  if (enforceAppCheck && !app) {
    throw new VisionError('app-check-failed', 'Cannot accept the call: it has no valid App Check token')
  }
  // The SDK only reports that a token was used before; it does not reject the call.
  if (expensive && consumeAppCheckToken && app?.alreadyConsumed) {
    throw new VisionError('app-check-failed', 'Cannot accept the call: its App Check token was used before')
  }
  // For invalid tokens, the emulator passes an `auth` without a user.
  if (!auth?.uid) throw new VisionError('unauthenticated', 'Cannot accept the call: no user is signed in')
  return {
    uid: auth.uid,
    account: accountClassOf(auth.token),
    // Seconds since 1970. Every ID token has it; without it, the sign-in counts as long ago.
    signedInAt: new Date((auth.token.auth_time ?? 0) * 1000),
    signInProvider: auth.token.firebase?.sign_in_provider,
  }
}

function streamTo(
  { acceptsStreaming }: CallableRequest<unknown>,
  response: CallableResponse<AnswerChunk> | undefined,
): Pick<Caller, 'onText'> {
  if (!acceptsStreaming || !response) return {}
  return {
    onText: async (text) => {
      await response.sendChunk({ text })
    },
  }
}

/** Aborts the work when the client disconnects or when the time is up. */
function limitWork(
  disconnected: AbortSignal | undefined,
  timeoutMs: number,
): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController()
  const abort = (code: 'cancelled' | 'model-timeout', message: string) =>
    controller.abort(new VisionError(code, message))
  const onDisconnect = () => abort('cancelled', 'The client disconnected')
  disconnected?.addEventListener('abort', onDisconnect)
  if (disconnected?.aborted) onDisconnect()
  const timer = setTimeout(() => abort('model-timeout', 'The time limit of the call was reached'), timeoutMs)
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer)
      disconnected?.removeEventListener('abort', onDisconnect)
    },
  }
}

function reportFailure(
  error: unknown,
  logFields: { requestId: string; function: string; ms: number },
): HttpsError {
  const failure = asVisionError(error)
  if (!failure) {
    // The logger writes nothing for an Error in a field, so log the stack as text.
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    logger.error('call failed', { ...logFields, code: 'internal', stack })
    return toHttpsError(new VisionError('internal', 'Unexpected error'), logFields.requestId)
  }
  const line = { ...logFields, code: failure.code }
  if (OPERATOR_ERRORS.has(failure.code)) {
    const detail = operatorMessage(failure, [knownApiKey()])
    logger.error('call refused', { ...line, detail })
  } else logger.info('call refused', line)
  const issues = failure instanceof InvalidRequest ? failure.issues : undefined
  return toHttpsError(failure, logFields.requestId, issues)
}

function tokensOf(result: unknown): { tokens?: number } {
  const { usage } = result as { usage?: { totalTokens: number } }
  return usage ? { tokens: usage.totalTokens } : {}
}
