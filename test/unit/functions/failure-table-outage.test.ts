import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { RETRY_POLICY } from '../../../functions/src/model/retry.ts'
import { MAX_ATTEMPTS } from '../../../functions/src/pipeline/start-run.ts'
import { startCalls } from '../../support/calls.ts'
import { PHOTO, photoBytes, watchForLeaks } from '../../support/canaries.ts'
import { deliver, documentOf, makeWell, scriptDescription } from '../../support/deliver.ts'
import { type Failure, pacing } from '../../support/failure-row.ts'
import { MODEL_FAILURES } from '../../support/failure-table.ts'

/** More than any cap allows a photo that is to blame itself. */
const DELIVERIES = MAX_ATTEMPTS + 2

// After calls.ts, whose spies the logger must find.
const { readConfig } = await import('../../../functions/src/config/read-config.ts')

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

const heals = ({ document }: Failure) => document === 'processing'
const free = MODEL_FAILURES.filter((failure) => heals(failure) && failure.paidCalls === 0)
const paid = MODEL_FAILURES.filter((failure) => heals(failure) && failure.paidCalls > 0)

describe('onImageUploaded through a long outage', () => {
  it.each(free)('row $row, $what: pays nothing, and succeeds after it', async ({ reply, code }) => {
    reset()
    await calls.script({ reply })
    for (let delivery = 0; delivery < DELIVERIES; delivery++)
      expect(await deliver()).toEqual({ ended: 'thrown', code })
    const { steps, attempts, crashes } = documentOf(calls)
    expect([steps.describe.paidCalls, steps.locate.paidCalls, attempts, crashes]).toEqual([
      undefined,
      undefined,
      0,
      0,
    ])
    await makeWell(calls)
    await deliver()
    expect(documentOf(calls).status).toBe('succeeded')
  })

  it.each(paid)('row $row, $what: pays each step eight times at most', async ({ reply, timeoutMs }) => {
    reset({ timeoutMs: timeoutMs ? 50 : 2000 })
    await calls.script({ reply })
    for (let delivery = 0; delivery < 10; delivery++) await deliver()
    expect(documentOf(calls)).toMatchObject({
      status: 'failed',
      error: { code: 'gave-up' },
      steps: { describe: { paidCalls: 8 }, locate: { paidCalls: 8 } },
    })
    expect(await calls.requests()).toHaveLength(16)
  })
  it('counts no request as paid that never reached the service', async () => {
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

describe('onImageUploaded with a fallback model', () => {
  const { describeModel, locateModel } = readConfig({})

  it.each([
    ['row 5, 503', { status: 503 }, 5],
    ['row 12, a retired model', { status: 404 }, 2],
  ])('%s: the photo is annotated by it', async (_, reply, requests) => {
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
