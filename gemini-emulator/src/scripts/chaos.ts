import { createHash } from 'node:crypto'
import { z } from 'zod'
import { invalid } from '../api/api-error.ts'
import type { JournalEntry } from './journal.ts'
import type { Reply } from './script.ts'

const RETRY_INFO = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2s' }
const EXHAUSTED = { code: 429, message: 'Resource has been exhausted.', status: 'RESOURCE_EXHAUSTED' }

/** What goes wrong with model services, and whether the model has answered all the same, so that it must be paid. */
const KINDS = {
  '429-retry-info': {
    paid: false,
    reply: { status: 429, body: { error: { ...EXHAUSTED, details: [RETRY_INFO] } } },
  },
  429: { paid: false, reply: { status: 429 } },
  500: { paid: false, reply: { status: 500 } },
  503: { paid: false, reply: { status: 503 } },
  '502-html': { paid: false, reply: { fault: 'html', status: 502 } },
  '200-html': { paid: false, reply: { fault: 'html', status: 200 } },
  reset: { paid: false, reply: { fault: 'reset' } },
  truncate: { paid: true, reply: { fault: 'truncate' } },
  unreadable: { paid: true, reply: { text: 'Sure! I would love to help with that picture.' } },
  empty: { paid: true, reply: { body: {} } },
  'max-tokens': { paid: true, reply: { text: '[{"box_2d": [1', finishReason: 'MAX_TOKENS' } },
} as const satisfies Record<string, { paid: boolean; reply: Reply }>

export type FaultKind = keyof typeof KINDS

const KIND_NAMES = Object.keys(KINDS) as FaultKind[]

const faultsSchema = z.strictObject({
  seed: z.int(),
  /** Which part of the requests fails. */
  rate: z.number().min(0).max(1),
  /** Which faults there are, each as likely as any other; without it, all. */
  kinds: z
    .array(z.string().refine((name) => Object.hasOwn(KINDS, name), `must be of ${KIND_NAMES.join(', ')}`))
    .min(1)
    .optional(),
})

/** What has come since the faults were turned on. */
export type FaultReport = {
  requests: number
  faults: Partial<Record<FaultKind, number>>
  /** How often the model has answered, also where the answer was spoilt or lost on its way, by the SHA-256 of the image that was asked about. */
  answers: Record<string, number>
}

/**
 * Faults at random. Whether a request fails, and how, depends on the seed, its image, its text and how often that was asked before: so a
 * seed's faults are the same whatever order requests of different images come in.
 */
export class Chaos {
  private faults: { seed: number; rate: number; kinds: FaultKind[] } | undefined
  private report: FaultReport | undefined
  private readonly asked = new Map<string, number>()

  /** Begins, and counts from zero. */
  post(value: unknown): void {
    const parsed = faultsSchema.safeParse(value)
    if (!parsed.success) throw invalid(`Cannot take these faults:\n${z.prettifyError(parsed.error)}`)
    const { seed, rate, kinds } = parsed.data
    this.faults = { seed, rate, kinds: (kinds as FaultKind[] | undefined) ?? KIND_NAMES }
    this.report = { requests: 0, faults: {}, answers: {} }
    this.asked.clear()
  }

  /** Ends the faults. What comes is still counted. */
  end(): void {
    this.faults = undefined
  }

  counts(): FaultReport {
    return this.report ?? { requests: 0, faults: {}, answers: {} }
  }

  /** What goes wrong with a request, if anything. */
  take({ method, images = [], texts = [], systemInstruction = '' }: JournalEntry): Reply | undefined {
    const { report } = this
    if (!report || !method.endsWith('enerateContent')) return undefined
    const image = images[0]?.sha256 ?? 'none'
    const kind = this.choose([image, systemInstruction, ...texts].join('\n'))
    report.requests++
    if (kind) report.faults[kind] = (report.faults[kind] ?? 0) + 1
    if (!kind || KINDS[kind].paid) report.answers[image] = (report.answers[image] ?? 0) + 1
    return kind && KINDS[kind].reply
  }

  private choose(request: string): FaultKind | undefined {
    const before = this.asked.get(request) ?? 0
    this.asked.set(request, before + 1)
    if (!this.faults) return undefined
    const { seed, rate, kinds } = this.faults
    const digest = createHash('sha256').update(`${seed}\n${before}\n${request}`).digest()
    if (digest.readUInt32BE(0) / 2 ** 32 >= rate) return undefined
    return kinds[digest.readUInt32BE(4) % kinds.length]
  }
}
