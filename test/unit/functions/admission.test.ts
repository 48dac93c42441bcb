import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { VisionError } from '../../../functions/src/errors.ts'
import type { Account } from '../../../functions/src/ports/accounts.ts'
import { ownerClass } from '../../../functions/src/quota/owner-class.ts'
import { memoryAccounts } from '../../../functions/src/stores/memory/memory-accounts.ts'
import { memoryQuota } from '../../../functions/src/stores/memory/memory-quota.ts'
import { annotate, annotationOf, annotations, clock, photos, png, upload } from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

const account = (changes: Partial<Account> = {}): Account => ({
  class: 'verified',
  disabled: false,
  isOperator: false,
  tokensValidAfter: new Date(0),
  ...changes,
})

describe('annotateImage() of a photo over quota', () => {
  afterEach(() => vi.restoreAllMocks())

  it.each([
    ['tokens-exceeded', { tokensPerDay: 5619, restrictedTokensPerDay: 281 }],
    ['project-tokens-exceeded', { projectTokensPerDay: 5619 }],
    ['project-tokens-exceeded', { projectTokensPerDay: 10_000, restrictedProjectPercent: 50 }],
    ['tokens-exceeded', { restrictedTokensPerDay: 5619 }],
  ] as const)('reads and deletes no files: %s with %j', async (code, limits) => {
    const accounts = memoryAccounts()
    accounts.accounts.set('alice', account({ class: 'restricted' }))
    const used = [vi.spyOn(photos, 'readUpload'), vi.spyOn(photos, 'deleteResults')]
    const [photo, script] = [upload(png), scriptedModel()]
    expect(await annotate(photo, script, memoryQuota(), limits, { accounts })).toMatchObject({
      status: 'deferred',
      code,
    })
    expect(used.map(({ mock }) => mock.calls.length)).toEqual([0, 0])
    expect(annotationOf(photo)).toMatchObject({ status: 'deferred', attempts: 0, error: { code } })
  })

  it('reads no files while the service is paused', async () => {
    const quota = memoryQuota()
    quota.settings.paused = true
    const used = [vi.spyOn(photos, 'readUpload'), vi.spyOn(photos, 'deleteResults')]
    expect(await annotate(upload(png), scriptedModel(), quota)).toMatchObject({ code: 'service-paused' })
    expect(used.map(({ mock }) => mock.calls.length)).toEqual([0, 0])
  })

  it('defers the third photo of a day with UPLOADS_PER_DAY 2, without reading it', async () => {
    const [quota, limits] = [memoryQuota(), { uploadsPerDay: 2 }]
    const read = vi.spyOn(photos, 'readUpload')
    const ends = []
    for (const generation of ['1', '2', '3'])
      ends.push(await annotate(upload(png, generation), scriptedModel(), quota, limits))
    expect(ends).toMatchObject([
      { status: 'succeeded' },
      { status: 'succeeded' },
      { status: 'deferred', code: 'uploads-exceeded' },
    ])
    expect(read).toHaveBeenCalledTimes(2)
  })

  it('reads the account and the allowance while the photo is claimed', async () => {
    const [accounts, quota] = [memoryAccounts(), memoryQuota()]
    const { claim } = annotations
    const read = Promise.all([
      new Promise<void>((resolve) => {
        vi.spyOn(accounts, 'find').mockImplementation(async () => (resolve(), account()))
      }),
      new Promise<void>((resolve) => {
        const { look } = quota
        vi.spyOn(quota, 'look').mockImplementation(async (...given) => (resolve(), look(...given)))
      }),
    ])
    vi.spyOn(annotations, 'claim').mockImplementation(async (...given) => {
      await read
      return claim(...given)
    })
    expect(await annotate(upload(png), scriptedModel(), quota, {}, { accounts })).toMatchObject({
      status: 'succeeded',
    })
  })
})

describe('ownerClass()', () => {
  const now = () => clock.now
  const later = (ms: number) => {
    clock.now = new Date(clock.now.getTime() + ms)
  }
  beforeEach(() => {
    vi.spyOn(console, 'warn').mockReturnValue()
  })
  afterEach(() => vi.restoreAllMocks())

  it.each([
    ['a user with a verified identity', account(), 'verified'],
    ['a user without one', account({ class: 'restricted' }), 'restricted'],
    ['a disabled user', account({ disabled: true }), 'restricted'],
    ['a user that does not exist', undefined, 'restricted'],
  ] as const)('of %s', async (_, found, expected) => {
    const accounts = memoryAccounts()
    accounts.accounts.set('alice', found)
    expect(await ownerClass('alice', { accounts, now })).toBe(expected)
  })

  it('is the last known class after an error, else restricted, with one warning', async () => {
    const accounts = memoryAccounts()
    const { find } = accounts
    expect(await ownerClass('alice', { accounts, now })).toBe('verified')
    accounts.find = async () => Promise.reject(new VisionError('storage-unavailable', 'scripted'))
    later(3_600_001)
    expect(await ownerClass('alice', { accounts, now })).toBe('verified')
    expect(await ownerClass('bob', { accounts, now })).toBe('restricted')
    expect(console.warn).toHaveBeenCalledOnce()
    accounts.find = find
    expect(await ownerClass('bob', { accounts, now })).toBe('verified')
  })

  it('does not wait longer than a second, and keeps a late answer', async () => {
    const accounts = memoryAccounts()
    const late = Promise.withResolvers<Account>()
    accounts.find = async () => late.promise
    expect(await ownerClass('alice', { accounts, now })).toBe('restricted')
    late.resolve(account())
    await new Promise(setImmediate)
    accounts.find = async () => Promise.reject(new Error('unused'))
    expect(await ownerClass('alice', { accounts, now })).toBe('verified')
  })

  it('asks again ten minutes after a user was restricted', async () => {
    const accounts = memoryAccounts()
    accounts.accounts.set('alice', account({ class: 'restricted' }))
    expect(await ownerClass('alice', { accounts, now })).toBe('restricted')
    accounts.accounts.set('alice', account())
    later(599_999)
    expect(await ownerClass('alice', { accounts, now })).toBe('restricted')
    later(1)
    expect(await ownerClass('alice', { accounts, now })).toBe('verified')
  })
})
