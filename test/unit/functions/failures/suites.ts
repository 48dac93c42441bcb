import { describe, expect, it } from 'vitest'
import { FAILURES } from '../../../../functions/src/errors.ts'
import { RETRY_POLICY } from '../../../../functions/src/model/retry.ts'
import { REQUESTS } from '../../../support/call-samples.ts'
import { type AnswerEvent, type CallName, logged, type startCalls } from '../../../support/calls.ts'
import { PHOTO, photoBytes, recordOutput } from '../../../support/canaries.ts'
import {
  type Delivery,
  deliver,
  deliverBackfill,
  documentOf,
  restoreModel,
  scriptDescription,
} from '../../../support/deliver.ts'
import { callErrorOf, type Failure, FOR_OPERATORS, outcomeOf, pacing } from '../../../support/failure-row.ts'

/*
 * What each function makes of a failure of the model. `npm test` runs these suites with one failure of each
 * class, the slow tests with all.
 */

type Calls = Awaited<ReturnType<typeof startCalls>>

/** New services with the production retry policy, an uploaded photo and no scripts. */
export async function resetCalls(calls: Calls, { timeoutMs = 2000 }: Partial<Failure> = {}): Promise<void> {
  calls.reset({ model: calls.model(RETRY_POLICY, { pacing, timeoutMs }) })
  calls.store(PHOTO, photoBytes)
  await calls.forget()
}

async function failEveryRequest(calls: Calls, failure: Failure): Promise<void> {
  await resetCalls(calls, failure)
  await calls.script({ reply: failure.reply })
}

/** Whether the photo is annotated later: at the redelivery of its event, or by the sweeper. */
const isUnfinished = (failure: Failure) => ['processing', 'deferred'].includes(outcomeOf(failure).document)

/** Whether the log quotes the service. Its messages about one request are not logged: they may quote it. */
const isForOperators = ({ facts }: Failure) => facts !== undefined && facts.scope !== 'request'

const deliveryOf = (failure: Failure): Delivery =>
  outcomeOf(failure).document === 'processing'
    ? { ended: 'thrown', code: failure.code }
    : { ended: 'acknowledged' }

export function testUploads(calls: Calls, failures: Failure[]): void {
  describe('onImageUploaded() when the model fails both steps', () => {
    it.each(failures)('ends with $code after $name', async (failure) => {
      const { code, requests, paidCalls } = failure
      await failEveryRequest(calls, failure)
      expect(await deliver()).toEqual(deliveryOf(failure))
      const { status, error, lease, steps } = documentOf(calls)
      const stored = { code, message: FAILURES[code].message, retryable: FAILURES[code].retryable }
      const { document } = outcomeOf(failure)
      expect({ status, error, lease }).toEqual({ status: document, error: stored, lease: null })
      for (const step of [steps.describe, steps.locate]) {
        expect(step).toMatchObject({ state: isUnfinished(failure) ? 'pending' : 'failed', error: stored })
        expect(step.paidCalls ?? 0).toBe(paidCalls)
      }
      expect(await calls.requests()).toHaveLength(2 * requests)
      // One line for each delivery: an operator sees the failure in the log too.
      expect(logged.map((line) => JSON.parse(line))).toEqual([expect.objectContaining({ code })])
      expect(logged[0]!.includes(FOR_OPERATORS)).toBe(isForOperators(failure))

      await restoreModel(calls)
      expect(await deliver()).toEqual({ ended: 'acknowledged' })
      expect(documentOf(calls).status).toBe(isUnfinished(failure) ? 'succeeded' : document)
      expect(await calls.requests()).toHaveLength(isUnfinished(failure) ? 2 : 0)
    })
  })

  describe('onImageUploaded() when the model fails one step', () => {
    it.each(failures)('does not repeat the other step after $name', async (failure) => {
      const { code, requests, paidCalls } = failure
      await resetCalls(calls, failure)
      await scriptDescription(calls)
      await calls.script({ reply: failure.reply })
      expect(await deliver()).toEqual(deliveryOf(failure))
      const { status, error, steps, caption } = documentOf(calls)
      const { document } = outcomeOf(failure)
      expect({ status, code: error?.code }).toEqual({
        status: isUnfinished(failure) ? document : 'partial',
        code,
      })
      expect(caption).toBe('CANARY-CAPTION')
      expect(steps.describe).toMatchObject({ state: 'succeeded', paidCalls: 1 })
      expect(steps.locate).toMatchObject({
        state: isUnfinished(failure) ? 'pending' : 'failed',
        error: { code },
      })
      expect(steps.locate.paidCalls ?? 0).toBe(paidCalls)
      expect(await calls.requests()).toHaveLength(1 + requests)

      await restoreModel(calls)
      expect(await deliver()).toEqual({ ended: 'acknowledged' })
      const after = documentOf(calls)
      expect(after.status).toBe(isUnfinished(failure) ? 'succeeded' : 'partial')
      expect(after.steps.describe).toEqual(steps.describe)
      expect(after.steps.locate.paidCalls ?? 0).toBe(paidCalls + (isUnfinished(failure) ? 1 : 0))
      expect(await calls.requests()).toHaveLength(isUnfinished(failure) ? 1 : 0)
    })
  })
}

/** @param failures of requests that are answered or broken at once: the tier flex waits for 15 minutes */
export function testBackfills(calls: Calls, failures: Failure[]): void {
  describe('onBackfillQueued when the service fails each request at the tier flex', () => {
    it.each(failures)('annotates the photo at the standard tier after $name', async (failure) => {
      await resetCalls(calls, failure)
      await calls.script({ match: { serviceTier: 'flex' }, reply: failure.reply })
      await scriptDescription(calls)
      await calls.script({ reply: { text: '[]' } })
      await deliverBackfill()
      const { status, steps, lease } = documentOf(calls)
      expect({ status, lease }).toEqual({ status: 'succeeded', lease: null })
      const paidCalls = failure.facts?.billing === 'free' ? 1 : 2
      expect(steps).toMatchObject({ describe: { paidCalls }, locate: { paidCalls } })
      const tiers = (await calls.requests()).map(({ serviceTier = 'standard' }) => serviceTier)
      expect(tiers.toSorted()).toEqual(['flex', 'flex', 'standard', 'standard'])
    })
  })
}

export function testAnnotateImage(calls: Calls, failures: Failure[]): void {
  describe('annotateImage() when the model fails', () => {
    it.each(failures)('returns $code after $name, and succeeds when it is called again', async (failure) => {
      const { code, requests, paidCalls } = failure
      await failEveryRequest(calls, failure)
      const { error } = await calls.call('annotateImage', { path: PHOTO })
      recordOutput(error)
      expect(error).toEqual(callErrorOf(failure))
      const { status, error: stored, steps, lease } = documentOf(calls)
      expect({ status, code: stored?.code, lease }).toEqual({
        status: outcomeOf(failure).document,
        code,
        lease: null,
      })
      expect([steps.describe.paidCalls ?? 0, steps.locate.paidCalls ?? 0]).toEqual([paidCalls, paidCalls])
      expect(await calls.requests()).toHaveLength(2 * requests)

      await restoreModel(calls)
      const { result } = await calls.call('annotateImage', { path: PHOTO })
      expect(result).toMatchObject({ status: 'succeeded', ran: true })
      expect(documentOf(calls)).toMatchObject({ status: 'succeeded', lease: null })
      expect(await calls.requests()).toHaveLength(2)
    })
  })
}

export function testCall(calls: Calls, name: CallName, failures: Failure[]): void {
  describe(`${name}() when the model fails`, () => {
    it.each(failures)('returns $code after $name', async (failure) => {
      await failEveryRequest(calls, failure)
      const { error, httpStatus } = await callWithCanary(calls, name)
      expect({ error, httpStatus }).toEqual({
        error: callErrorOf(failure),
        httpStatus: outcomeOf(failure).httpStatus,
      })
      expect(await calls.requests()).toHaveLength(failure.callRequests ?? failure.requests)
    })
  })
}

/** Calls with a photo, and a question that must not appear in logs or errors. */
export async function callWithCanary(calls: Calls, name: CallName) {
  const request = REQUESTS[name]({ path: PHOTO })
  const data = 'question' in request ? { ...request, question: 'CANARY-QUESTION' } : request
  const answer = await calls.call(name, data)
  recordOutput(answer.error)
  return answer
}

export function testStreamedAnswer(calls: Calls, failures: Failure[]): void {
  describe('answerQuestion() when the model fails a stream', () => {
    it.each(failures)('returns an error after $name', async (failure) => {
      await resetCalls(calls, failure)
      await calls.script({ reply: asStream(failure.reply) })
      const requests = failure.callRequests ?? failure.requests
      const expected = { ...failure, requests, ...failure.streamed }
      expect((await streamAnswer(calls)).at(-1)).toEqual({ error: callErrorOf(expected) })
      expect(await calls.requests()).toHaveLength(expected.requests)
    })
  })
}

/** All events of a streamed answer. The answer may quote secrets of the photo, an error may not. */
export async function streamAnswer(calls: Calls): Promise<AnswerEvent[]> {
  const events: AnswerEvent[] = []
  const request = { images: { path: PHOTO }, question: 'CANARY-QUESTION' }
  for await (const event of calls.streamAnswer(request)) events.push(event)
  recordOutput(events.at(-1)?.error)
  return events
}

/** The body of an answer, as a stream of one piece. */
function asStream(reply: Failure['reply']): object {
  return 'body' in reply && !('status' in reply) ? { ...reply, body: [reply.body] } : reply
}
