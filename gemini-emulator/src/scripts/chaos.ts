import { createHash } from 'node:crypto'
import { z } from 'zod'
import { invalid } from '../api/api-error.ts'
import type { JournalEntry } from './journal.ts'
import type { Reply } from './script.ts'

const RETRY_INFO = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2s' }
const EXHAUSTED = { code: 429, message: 'Resource has been exhausted.', status: 'RESOURCE_EXHAUSTED' }

/** Faults of model services. A fault is billed if the model answered, even if the answer is lost. */
const KINDS = {
  '429-retry-info': {
    billed: false,
    reply: { status: 429, body: { error: { ...EXHAUSTED, details: [RETRY_INFO] } } },
  },
  429: { billed: false, reply: { status: 429 } },
  500: { billed: false, reply: { status: 500 } },
  503: { billed: false, reply: { status: 503 } },
  '502-html': { billed: false, reply: { fault: 'html', status: 502 } },
  '200-html': { billed: false, reply: { fault: 'html', status: 200 } },
  reset: { billed: false, reply: { fault: 'reset' } },
  truncate: { billed: true, reply: { fault: 'truncate' } },
  unreadable: { billed: true, reply: { text: 'Sure! I would love to help with that picture.' } },
  empty: { billed: true, reply: { body: {} } },
  'max-tokens': { billed: true, reply: { text: '[{"box_2d": [1', finishReason: 'MAX_TOKENS' } },
} as const satisfies Record<string, { billed: boolean; reply: Reply }>

export type FaultKind = keyof typeof KINDS

const KIND_NAMES = Object.keys(KINDS) as FaultKind[]

const faultsSchema = z.strictObject({
  seed: z.int(),
  /** The fraction of requests that fail. */
  rate: z.number().min(0).max(1),
  /** The kinds of faults, all equally likely. Default: all kinds. */
  kinds: z
    .array(z.string().refine((name) => Object.hasOwn(KINDS, name), `must be of ${KIND_NAMES.join(', ')}`))
    .min(1)
    .optional(),
})

/** Counts since the faults were turned on. */
export type FaultReport = {
  requests: number
  faults: Partial<Record<FaultKind, number>>
  /** The number of billed answers, damaged and lost ones included, by the SHA-256 of the first image. */
  answers: Record<string, number>
}

/**
 * Random faults. The fault of a request depends on the seed, its first image, its texts and the number of
 * equal requests before it, so the order of requests with different images does not change it.
 */
export class Chaos {
  private faults: { seed: number; rate: number; kinds: FaultKind[] } | undefined
  private report: FaultReport | undefined
  private readonly requestCounts = new Map<string, number>()

  /** Turns the faults on, and resets the counts. @throws ApiError INVALID_ARGUMENT */
  post(value: unknown): void {
    const parsed = faultsSchema.safeParse(value)
    if (!parsed.success) throw invalid(`Cannot read these faults:\n${z.prettifyError(parsed.error)}`)
    const { seed, rate, kinds } = parsed.data
    this.faults = { seed, rate, kinds: (kinds as FaultKind[] | undefined) ?? KIND_NAMES }
    this.report = { requests: 0, faults: {}, answers: {} }
    this.requestCounts.clear()
  }

  /** Turns the faults off. Requests are still counted. */
  end(): void {
    this.faults = undefined
  }

  counts(): FaultReport {
    return this.report ?? { requests: 0, faults: {}, answers: {} }
  }

  /** The fault of a request, if any. */
  take({ method, images = [], texts = [], systemInstruction = '' }: JournalEntry): Reply | undefined {
    const { report } = this
    if (!report || !method.endsWith('enerateContent')) return undefined
    const image = images[0]?.sha256 ?? 'none'
    const kind = this.choose([image, systemInstruction, ...texts].join('\n'))
    report.requests++
    if (kind) report.faults[kind] = (report.faults[kind] ?? 0) + 1
    if (!kind || KINDS[kind].billed) report.answers[image] = (report.answers[image] ?? 0) + 1
    return kind && KINDS[kind].reply
  }

  private choose(request: string): FaultKind | undefined {
    const before = this.requestCounts.get(request) ?? 0
    this.requestCounts.set(request, before + 1)
    if (!this.faults) return undefined
    const { seed, rate, kinds } = this.faults
    const digest = createHash('sha256').update(`${seed}\n${before}\n${request}`).digest()
    if (digest.readUInt32BE(0) / 2 ** 32 >= rate) return undefined
    return kinds[digest.readUInt32BE(4) % kinds.length]
  }
}
