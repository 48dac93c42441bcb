import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { callableHandler } from '../../../functions/src/callables/callable-frame.ts'
import {
  handleStartBackfill,
  handleStopBackfill,
  handleSweepNow,
} from '../../../functions/src/callables/operators.ts'
import { VisionError } from '../../../functions/src/errors.ts'
import type { Account } from '../../../functions/src/ports/accounts.ts'
import { replaceServices } from '../../../functions/src/services.ts'
import { memoryAccounts } from '../../../functions/src/stores/memory/memory-accounts.ts'
import { annotate, fails, png, services, upload } from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

// Before the imports: the logger keeps the console that it finds when it is imported.
const logged = vi.hoisted(() => {
  const lines: string[] = []
  for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((line: unknown) => void lines.push(String(line)))
  return lines
})

const OPERATOR: Account = {
  class: 'verified',
  disabled: false,
  isOperator: true,
  tokensValidAfter: new Date('2026-11-22T10:00:00Z'),
}
const SIGNED_IN = { auth_time: Date.parse('2026-11-22T11:00:00Z') / 1000 }
const TOKEN = { firesightOperator: true, ...SIGNED_IN }

let accounts: ReturnType<typeof memoryAccounts>
beforeEach(() => {
  logged.length = 0
  accounts = memoryAccounts()
  accounts.accounts.set('operator', OPERATOR)
  replaceServices({ ...services(scriptedModel().model), accounts })
})
afterAll(() => replaceServices(undefined))

const callOf = (data: object, token: object) => ({ data, auth: { uid: 'operator', token } }) as never
const call = (data: object, token: object = TOKEN) => handleSweepNow(callOf(data, token))

it('sweepNow() requeues deferred photos before they are due only with allDeferred', async () => {
  const wrongKey = [fails('model-misconfigured')]
  await annotate(upload(png), scriptedModel({ describe: wrongKey, locate: wrongKey }))
  expect(await call({})).toMatchObject({ redriven: 0, walked: true })
  expect(await call({ allDeferred: true })).toMatchObject({ redriven: 1, walked: true })
})

it('sweepNow() rejects callers without the operator claim', async () => {
  await expect(call({}, SIGNED_IN)).rejects.toMatchObject({ details: { reason: 'operators-only' } })
})

describe('a call of an operator with a valid token', () => {
  it.each([
    ['whose account was deleted', undefined, 'unauthenticated'],
    ['whose account was disabled', { ...OPERATOR, disabled: true }, 'unauthenticated'],
    [
      'whose tokens were revoked after the sign-in',
      { ...OPERATOR, tokensValidAfter: new Date('2026-11-22T11:00:01Z') },
      'unauthenticated',
    ],
    ['whose operator claim was removed', { ...OPERATOR, isOperator: false }, 'operators-only'],
  ] as const)('%s is refused', async (_, account, reason) => {
    accounts.accounts.set('operator', account)
    for (const handler of [handleSweepNow, handleStartBackfill])
      await expect(handler(callOf({}, TOKEN))).rejects.toMatchObject({ details: { reason } })
    await expect(handleStopBackfill(callOf({ id: 'x' }, TOKEN))).rejects.toMatchObject({
      details: { reason },
    })
  })

  it('is refused while Firebase Authentication cannot be read', async () => {
    accounts.find = async () => {
      throw new VisionError('storage-unavailable', 'Cannot read the account of a user')
    }
    await expect(call({})).rejects.toMatchObject({
      details: { reason: 'storage-unavailable', retryable: true },
    })
  })
})

it('callableHandler() checks the account of a user with checkRevoked, and not without', async () => {
  accounts.accounts.set('operator', undefined)
  const definition = { name: 'test', request: z.strictObject({}), timeoutMs: 1000 }
  const work = async () => 'done'
  expect(await callableHandler(definition, work)(callOf({}, SIGNED_IN))).toBe('done')
  const checked = callableHandler({ ...definition, checkRevoked: true }, work)
  await expect(checked(callOf({}, SIGNED_IN))).rejects.toMatchObject({
    details: { reason: 'unauthenticated' },
  })
})

describe('the audit log', () => {
  const audited = () =>
    logged
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { audit?: boolean })
      .filter(({ audit }) => audit === true)

  it('records the caller, the options and the counts of a sweep', async () => {
    await call({ allDeferred: true })
    const line = {
      severity: 'NOTICE',
      message: 'audit',
      audit: true,
      function: 'sweepNow',
      requestId: expect.any(String),
      uid: 'operator',
      request: { allDeferred: true },
    }
    const counts = expect.objectContaining({ redriven: 0, queued: 0, removed: 0, walked: true })
    expect(audited()).toEqual([
      { ...line, outcome: 'started' },
      { ...line, outcome: 'succeeded', counts },
    ])
  })

  it('records a call that fails, with the error code', async () => {
    await handleStopBackfill(callOf({ id: 'missing' }, TOKEN)).catch(() => undefined)
    accounts.accounts.set('operator', undefined)
    await call({}).catch(() => undefined)
    expect(audited()).toMatchObject([
      { function: 'stopBackfill', request: { id: 'missing' }, outcome: 'started' },
      { function: 'stopBackfill', request: { id: 'missing' }, outcome: 'invalid-request' },
      { function: 'sweepNow', outcome: 'started' },
      { function: 'sweepNow', outcome: 'unauthenticated' },
    ])
  })

  it.each([
    ['users/alice/uploads/birthday of Bob', 'users/alice'],
    ['users/ali', 'users/ali'],
    ['birthday of Bob', ''],
  ])('records the prefix %j of a backfill as %j', async (prefix, recorded) => {
    await handleStartBackfill(callOf({ prefix, maxPhotos: 5 }, TOKEN))
    const request = { prefix: recorded, maxPhotos: 5, retry: false, dryRun: true }
    expect(audited()).toMatchObject([
      { request, outcome: 'started' },
      {
        request,
        outcome: 'succeeded',
        counts: { id: expect.any(String), state: 'done', seen: 0, photos: 0 },
      },
    ])
    expect(logged.join()).not.toContain('Bob')
  })

  it('does not record callers who are not operators', async () => {
    await call({}, SIGNED_IN).catch(() => undefined)
    expect(audited()).toEqual([])
  })
})
