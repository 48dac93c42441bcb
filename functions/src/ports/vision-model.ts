import type { PhotoVersion } from '../document/annotation.ts'
import type { ModelIdentity, Usage } from '../document/usage.ts'
import { type ErrorCode, VisionError } from '../errors.ts'

/** Facts about a failed request, set by the adapter where it sees the status code or the exception. */
export type FailureFacts = {
  /**
   * How to retry. `transient`: an internal error, a lost connection or a time-out. `overloaded`: the service
   * needs longer to recover. `rate-limited`: too many requests. `final`: the same request fails again.
   */
  fault: 'transient' | 'overloaded' | 'rate-limited' | 'final'
  /**
   * `billed`: the model has answered, although the answer was lost. `unknown`: the request was sent and no
   * response came.
   */
  billing: 'free' | 'billed' | 'unknown'
  /** Which requests fail: only this one, all to this model, or all to this provider. */
  scope: 'request' | 'model' | 'provider'
  /**
   * `file-unusable`: the service cannot use a file of the request. `too-large`: the request exceeds the
   * service's limit.
   */
  reason?: 'file-unusable' | 'too-large' | undefined
  /**
   * The service's own message, for operators. Absent with the scope `request`: that message may quote the
   * request. It may contain the key (`pipeline/operator-message.ts`).
   */
  serviceMessage?: string | undefined
}

/**
 * A failed request to the model service: `model-*`, or `answer-unreadable` for a response that is too large
 * to read.
 */
export class ModelFailure extends VisionError implements FailureFacts {
  readonly fault: FailureFacts['fault']
  readonly billing: FailureFacts['billing']
  readonly scope: FailureFacts['scope']
  readonly reason: FailureFacts['reason']
  readonly serviceMessage: FailureFacts['serviceMessage']

  constructor(
    code: ErrorCode,
    message: string,
    { fault, billing, scope, reason, serviceMessage }: FailureFacts,
    options: { cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(code, message, options)
    this.fault = fault
    this.billing = billing
    this.scope = scope
    this.reason = reason
    this.serviceMessage = serviceMessage
  }
}

/** A vision model, as the tasks need it. Adapter: `model/gemini/genai-model.ts`. */
export interface VisionModel {
  readonly provider: ModelIdentity['provider']
  /**
   * Begins what the first request to a model would wait for, while its caller has other work. Never throws: a
   * failure is reported by the request.
   */
  warmUp?(model: string): void
  /**
   * Sends a request, with retries.
   * @throws ModelFailure if the service does not answer; VisionError the reason of `signal`, or the refusal
   *   of `attempts`
   */
  generate(request: ModelRequest, signal?: AbortSignal): Promise<ModelAnswer>
  /**
   * As `generate`, but yields the text in pieces as they come. After the first piece nothing is retried. A
   * caller that stops early ends the request. Returns the whole answer, with a `failure` if it was blocked or
   * stopped: then the text is not an answer.
   * @throws VisionError as `generate`
   */
  stream(request: ModelRequest, signal?: AbortSignal): AsyncGenerator<string, ModelAnswer, void>
}

/** Counts the attempts at requests that may be billed, and the time between them. */
export interface BillableAttempts {
  /**
   * Counts an attempt before it is sent, so that a crash cannot lose it. @returns why the request must end
   * instead, if it must
   */
  begin(): Promise<VisionError | undefined>
  /** Reports the result of the attempt that began last: answered, or failed. */
  settle(failure?: ModelFailure): void
  /** Reports a pause before an attempt, in milliseconds, also one that was aborted. */
  waited?(ms: number): void
}

export type ModelRequest = {
  model: string
  /** Our rules. Never text of a user or an image. */
  systemInstruction: string
  /**
   * With one image: the image first, then the text.
   * https://ai.google.dev/gemini-api/docs/image-understanding, 2026-11.
   */
  parts: RequestPart[]
  /** The conversation after `parts`: answer, question, and so on, ending with a question. */
  followUps?: { role: 'user' | 'model'; text: string }[]
  /** Requests JSON, optionally with a JSON Schema of the keywords that Gemini supports. */
  json?: { schema?: object }
  /** `least` turns thinking off if the family allows it: boxes become better and answers faster. */
  thinking: 'least' | 'default'
  maxOutputTokens: number
  /** Tokens of each image, for families with a fixed number. Default: the service's, `high`. */
  mediaResolution?: MediaResolution
  /**
   * `flex`: half the price, up to 15 minutes, and the service may refuse it when it is busy. Then the request
   * is sent at the standard tier. `stream` ignores it.
   */
  serviceTier?: ServiceTier
  /** 0 to 2. Sent only to families that support it. */
  temperature?: number
  /**
   * Longest wait before another attempt, in milliseconds. Default: the retry policy's. Requests with this limit
   * have a caller who waits: while requests are paced, they start before the others.
   */
  maxWaitMs?: number
  /** Time left for all attempts, in milliseconds. A wait that would exceed it does not start. */
  timeLeftMs?: () => number
  /** Counts every attempt, and may refuse it. */
  attempts?: BillableAttempts
  /**
   * The owner of the images. Uploaded files are reused for the same owner and the same photo only. Without
   * both they are reused only for the same buffer.
   */
  owner?: string | null
}

export const MEDIA_RESOLUTIONS = ['low', 'medium', 'high'] as const
export type MediaResolution = (typeof MEDIA_RESOLUTIONS)[number]

export const SERVICE_TIERS = ['standard', 'flex'] as const
export type ServiceTier = (typeof SERVICE_TIERS)[number]

export type RequestPart = { text: string } | ImagePart
/** `photo`: the upload of which the image is a copy. */
export type ImagePart = { image: { mimeType: string; data: Buffer; photo?: PhotoVersion } }

export type ModelAnswer = {
  text: string
  /** Why there is no usable text: `blocked-*` or `answer-*`. */
  failure?: VisionError | undefined
  /** The answer ended at the token limit, so its end is missing. */
  truncated: boolean
  model: ModelIdentity
  usage: Usage
}
