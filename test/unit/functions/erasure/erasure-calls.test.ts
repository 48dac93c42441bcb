import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { handleDeleteMyData, handleDeleteUserData } from '../../../../functions/src/callables/erasure.ts'
import { VisionError } from '../../../../functions/src/errors.ts'
import type { Account } from '../../../../functions/src/ports/accounts.ts'
import type { Services } from '../../../../functions/src/ports/services.ts'
import { replaceServices } from '../../../../functions/src/services.ts'
import { memoryAccounts } from '../../../../functions/src/stores/memory/memory-accounts.ts'
import { erasureOf, erasureServices, stored, storeUser } from '../../../support/erasure-run.ts'
import { clock } from '../../../support/photo-run.ts'

// Before the imports: the logger keeps the console that it finds when it is imported.
const logged = vi.hoisted(() => {
  const lines: string[] = []
  for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((line: unknown) => void lines.push(String(line)))
  return lines
})

const ACCOUNT: Account = {
  class: 'verified',
  disabled: false,
  isOperator: false,
  tokensValidAfter: new Date('2026-11-22T10:00:00Z'),
}

let accounts: ReturnType<typeof memoryAccounts>
let world: Services
beforeEach(async () => {
  logged.length = 0
  accounts = memoryAccounts()
  accounts.accounts.set('alice', ACCOUNT)
  accounts.accounts.set('operator', { ...ACCOUNT, isOperator: true })
  world = { ...erasureServices(), accounts }
  replaceServices(world)
  await storeUser('alice', world)
})
afterAll(() => replaceServices(undefined))

/** A call whose user signed in this many seconds ago. */
function callOf(data: object, { ageSeconds = 10, provider = 'password', uid = 'alice', claims = {} } = {}) {
  const signedIn = Math.floor(clock.now.getTime() / 1000) - ageSeconds
  const token = { auth_time: signedIn, firebase: { sign_in_provider: provider }, ...claims }
  return { data, auth: { uid, token } } as never
}
const OPERATOR = { uid: 'operator', claims: { firesightOperator: true } }
const reason = (code: string) => ({ details: { reason: code } })

describe('deleteMyData()', () => {
  it('deletes the data of the caller, and returns the counts', async () => {
    const result = await handleDeleteMyData(callOf({}, { ageSeconds: 300 }))
    expect(result).toMatchObject({
      state: 'verifying',
      deleted: { photos: 1, documents: 1, modelFiles: 2 },
      requestedAt: clock.now.toISOString(),
    })
    expect(Object.keys(result)).toEqual(['state', 'deleted', 'requestedAt'])
    expect(stored()).not.toMatch(/\balice\b/)
  })

  it.each([
    ['a sign-in of more than five minutes ago', {}, { ageSeconds: 301 }, 'sign-in-too-old'],
    [
      'an old sign-in with a confirmation',
      { confirm: 'delete my data' },
      { ageSeconds: 301 },
      'sign-in-too-old',
    ],
    ['an anonymous user without a confirmation', {}, { provider: 'anonymous' }, 'confirmation-required'],
    [
      'an anonymous user with another confirmation',
      { confirm: 'yes' },
      { provider: 'anonymous' },
      'invalid-request',
    ],
    ['another user as a field', { uid: 'bob' }, {}, 'invalid-request'],
    ['an account that does not exist', {}, { uid: 'carol' }, 'unauthenticated'],
  ])('refuses %s', async (_, data, caller, code) => {
    accounts.accounts.set('carol', undefined)
    await expect(handleDeleteMyData(callOf(data, caller))).rejects.toMatchObject(reason(code))
    expect(erasureOf('alice')).toBeUndefined()
  })

  it('refuses a token that was revoked after the sign-in', async () => {
    accounts.accounts.set('alice', { ...ACCOUNT, tokensValidAfter: clock.now })
    await expect(handleDeleteMyData(callOf({}))).rejects.toMatchObject(reason('unauthenticated'))
    expect(erasureOf('alice')).toBeUndefined()
  })

  it('accepts an anonymous user with a confirmation, whenever the sign-in was', async () => {
    const anonymous = { provider: 'anonymous', ageSeconds: 3000 }
    expect(await handleDeleteMyData(callOf({ confirm: 'delete my data' }, anonymous))).toMatchObject({
      state: 'verifying',
    })
  })

  it('returns a running erasure if a service fails, and records the code', async () => {
    world.modelFiles.uploads.remove = async () => {
      throw new VisionError('model-unavailable', 'scripted')
    }
    expect(await handleDeleteMyData(callOf({}))).toMatchObject({ state: 'running', deleted: { photos: 1 } })
    expect(erasureOf('alice')).toMatchObject({ error: 'model-unavailable' })
  })
})

describe('deleteUserData()', () => {
  it('deletes the data of another user, for operators', async () => {
    const call = callOf({ uid: 'alice' }, OPERATOR)
    expect(await handleDeleteUserData(call)).toMatchObject({ state: 'verifying', deleted: { photos: 1 } })
    expect(erasureOf('alice')).toMatchObject({ requestedBy: 'operator' })
  })

  it('is refused for other users', async () => {
    const call = callOf({ uid: 'alice' })
    await expect(handleDeleteUserData(call)).rejects.toMatchObject(reason('operators-only'))
    expect(erasureOf('alice')).toBeUndefined()
  })

  it('writes audit log lines with the operator, the user and the counts', async () => {
    await handleDeleteUserData(callOf({ uid: 'alice' }, OPERATOR))
    const lines = logged
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { audit?: boolean })
    expect(lines.filter(({ audit }) => audit)).toEqual([
      expect.objectContaining({ uid: 'operator', request: { user: 'alice' }, outcome: 'started' }),
      expect.objectContaining({
        outcome: 'succeeded',
        counts: expect.objectContaining({ state: 'verifying', photos: 1, documents: 1 }),
      }),
    ])
  })
})
