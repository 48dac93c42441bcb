import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { RETRY_POLICY } from '../../../../functions/src/model/retry.ts'
import { MAX_ATTEMPTS } from '../../../../functions/src/pipeline/attempt-limits.ts'
import { MAX_BILLABLE_ATTEMPTS } from '../../../../functions/src/pipeline/billable-attempts.ts'
import { startCalls } from '../../../support/calls.ts'
import { PHOTO, photoBytes, watchForLeaks } from '../../../support/canaries.ts'
import { deliver, documentOf, restoreModel, scriptDescription } from '../../../support/deliver.ts'
import { FAILED_REQUESTS } from '../../../support/failed-requests.ts'
import { type Failure, pacing } from '../../../support/failure-row.ts'

// After calls.ts, whose spies the logger must find.
const { readConfig } = await import('../../../../functions/src/config/read-config.ts')

const calls = await startCalls()
afterAll(() => calls.close())
watchForLeaks()

beforeEach(async () => {
  await calls.forget()
})

function reset(changes: Parameters<typeof calls.model>[1] = {}): void {
  calls.reset({ model: calls.model(RETRY_POLICY, { pacing, ...changes }) })
  calls.store(PHOTO, photoBytes)
}

const named = (...names: string[]): Failure[] => FAILED_REQUESTS.filter(({ name }) => names.includes(name))

describe('onImageUploaded() through a long outage', () => {
  it.each(named('500', '503', '429 with a RetryInfo of 2 s'))(
    'bills nothing for $name, and succeeds afterwards',
    async ({ reply, code }) => {
      reset()
      await calls.script({ reply })
      // More deliveries than the limit for unexpected errors.
      for (let delivery = 0; delivery < MAX_ATTEMPTS + 2; delivery++)
        expect(await deliver()).toEqual({ ended: 'thrown', code })
      const { steps, attempts, crashes } = documentOf(calls)
      expect([steps.describe.paidCalls, steps.locate.paidCalls, attempts, crashes]).toEqual([
        undefined,
        undefined,
        0,
        0,
      ])
      await restoreModel(calls)
      await deliver()
      expect(documentOf(calls).status).toBe('succeeded')
    },
  )

  it.each(named('504', 'no answer in time', 'a broken connection'))(
    'bills each step at most eight times for $name',
    async ({ reply, timeoutMs }) => {
      reset({ timeoutMs: timeoutMs ? 50 : 2000 })
      await calls.script({ reply })
      for (let delivery = 0; delivery < 5; delivery++) await deliver()
      expect(documentOf(calls)).toMatchObject({
        status: 'failed',
        error: { code: 'gave-up' },
        steps: {
          describe: { paidCalls: MAX_BILLABLE_ATTEMPTS },
          locate: { paidCalls: MAX_BILLABLE_ATTEMPTS },
        },
      })
      expect(await calls.requests()).toHaveLength(2 * 8)
    },
  )

  it('does not count a request as billed when no connection was made', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    reset({ baseUrl: `http://127.0.0.1:${port}` })
    expect(await deliver()).toEqual({ ended: 'thrown', code: 'model-unavailable' })
    const { describe: described, locate } = documentOf(calls).steps
    expect([described.paidCalls, locate.paidCalls]).toEqual([undefined, undefined])
  })
})

describe('onImageUploaded() with a fallback model', () => {
  const { describeModel, locateModel } = readConfig({})

  it.each([
    ['stays overloaded (503)', { status: 503 }, 5],
    ['is retired (404)', { status: 404 }, 2],
  ])('annotates the photo by it when the model %s', async (_, reply, requests) => {
    reset({ fallbackModel: 'gemini-2.5-flash' })
    for (const model of new Set([describeModel, locateModel])) await calls.script({ match: { model }, reply })
    await scriptDescription(calls)
    await calls.script({ reply: { text: '[{"box_2d":[0,0,500,500],"label":"canary"}]' } })
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toMatchObject({
      status: 'succeeded',
      steps: { describe: { paidCalls: 1 }, locate: { paidCalls: 1 } },
    })
    expect(await calls.requests()).toHaveLength(2 * requests)
  })
})
