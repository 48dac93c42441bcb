import { type App, deleteApp, initializeApp } from 'firebase-admin/app'
import { getFirestore, Timestamp, WriteBatch } from 'firebase-admin/firestore'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { RESERVATION_MS } from '../../functions/src/config/time-limits.ts'
import { asVisionError } from '../../functions/src/errors.ts'
import type { QuotaStore } from '../../functions/src/ports/quota-store.ts'
import { firestoreQuota } from '../../functions/src/stores/firestore/firestore-quota.ts'
import { memoryQuota } from '../../functions/src/stores/memory/memory-quota.ts'
import { exactly, NO_LIMITS } from '../support/quota-limits.ts'
import { after, firstOfJanuary, limit, NO_OWNER, newUser } from '../support/spenders.ts'

const app = initializeApp({ projectId: 'demo-quota' }, 'quota')
const firestore = getFirestore(app)
const apps: App[] = [app]
afterAll(async () => {
  await Promise.all(apps.map(async (each) => deleteApp(each)))
})

/** The stores of several instances, each with its own client. */
function instances(count: number): QuotaStore[] {
  const started = Array.from({ length: count }, () =>
    initializeApp({ projectId: 'demo-quota' }, `quota-${apps.length}-${Math.random()}`),
  )
  apps.push(...started)
  return started.map((each) => firestoreQuota(getFirestore(each)))
}

/** The number of reservations that passed, and of each error code. */
async function outcomes(reserving: Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const settled of await Promise.allSettled(reserving)) {
    const result =
      settled.status === 'fulfilled' ? 'passed' : (asVisionError(settled.reason)?.code ?? 'broken')
    counts[result] = (counts[result] ?? 0) + 1
  }
  return counts
}

describe.each([
  ['firestoreQuota()', () => firestoreQuota(firestore)],
  ['memoryQuota()', () => memoryQuota()],
] satisfies [string, () => QuotaStore][])('%s', (_, create) => {
  const store = create()

  it('reserve() accepts one of 50 concurrent calls when one call is left', async () => {
    const [alice, now] = [newUser(), firstOfJanuary()]
    const limits = limit({ callsPerMinute: 3 })
    await store.reserve(alice, exactly(1), limits, now)
    await store.reserve(alice, exactly(1), limits, now)
    const many = Array.from({ length: 50 }, async () =>
      store.reserve(alice, exactly(1), limits, after(now, 1)),
    )
    expect(await outcomes(many)).toEqual({ passed: 1, 'calls-exceeded': 49 })
  })

  it('settle() counts once, for the day of the reservation', async () => {
    const [alice, now] = [newUser(), firstOfJanuary()]
    const limits = limit({ tokensPerDay: 100 })
    const first = await store.reserve(alice, exactly(100), limits, now)
    await expect(store.reserve(alice, exactly(1), limits, now)).rejects.toMatchObject({
      code: 'tokens-reserved',
      retryAfterMs: 5000,
    })
    await store.settle(first, 40, now)
    await store.settle(first, 40, now)
    const second = await store.reserve(alice, exactly(60), limits, now)
    const tomorrow = after(now, 24 * 3600 * 1000)
    await store.settle(second, 60, after(now, 1000))
    await expect(store.reserve(alice, exactly(1), limits, now)).rejects.toMatchObject({
      code: 'tokens-exceeded',
    })
    expect(await store.reserve(alice, exactly(100), limits, tomorrow)).toMatchObject({ tokens: 100 })
  })

  it('reserve() frees the reservation of a crashed worker after RESERVATION_MS', async () => {
    const [alice, now] = [newUser(), firstOfJanuary()]
    const limits = limit({ tokensPerDay: 100 })
    await store.reserve(alice, exactly(100), limits, now)
    await expect(
      store.reserve(alice, exactly(100), limits, after(now, RESERVATION_MS - 1)),
    ).rejects.toMatchObject({
      code: 'tokens-reserved',
    })
    expect(await store.reserve(alice, exactly(100), limits, after(now, RESERVATION_MS))).toMatchObject({
      tokens: 100,
    })
  })

  it.each([
    ['a user', newUser('upload')],
    ['an upload without an owner', NO_OWNER],
  ])("settle() counts the tokens of %s once for the project's day", async (__, spender) => {
    const now = firstOfJanuary()
    const limits = limit({ projectTokensPerDay: 100 })
    const first = await store.reserve(spender, exactly(100), limits, now)
    await expect(store.reserve(newUser(), exactly(1), limits, now)).rejects.toMatchObject({
      code: 'project-tokens-exceeded',
      retryAfterMs: 12 * 3600 * 1000,
    })
    await store.settle(first, 90, now)
    await store.settle(first, 90, now)
    await expect(store.reserve(NO_OWNER, exactly(11), limits, now)).rejects.toMatchObject({
      code: 'project-tokens-exceeded',
    })
    expect(await store.reserve(NO_OWNER, exactly(10), limits, now)).toMatchObject({ tokens: 10 })
  })
})

afterEach(() => vi.restoreAllMocks())

describe('firestoreQuota()', () => {
  it('reserve() accepts and counts 50 concurrent calls on 10 instances', async () => {
    const [alice, now] = [newUser(), firstOfJanuary()]
    const stores = instances(10)
    const limits = limit({ callsPerMinute: 50, tokensPerDay: 5000, projectTokensPerDay: 1_000_000 })
    const many = Array.from({ length: 50 }, async (_, i) => {
      const store = stores[i % stores.length]!
      const reservation = await store.reserve(alice, exactly(100), limits, now)
      await store.settle(reservation, 30, now)
    })
    expect(await outcomes(many)).toEqual({ passed: 50 })
    const day = now.toISOString().slice(0, 10)
    expect((await firestore.doc(`firesightQuotas/${alice.uid}`).get()).data()).toMatchObject({
      calls: Array.from({ length: 50 }, () => now.getTime()),
      days: { [day]: { spentTokens: 1500, open: {} } },
      expireAt: Timestamp.fromDate(after(now, 48 * 3600 * 1000)),
    })
    const shards = await firestore.collection(`firesightProjectUsage/${day}/firesightShards`).get()
    const tokens = shards.docs.map((shard) => shard.get('tokens') as number)
    expect(tokens.reduce((sum, each) => sum + each, 0)).toBe(1500)
    expect(tokens.length).toBeGreaterThan(5)
  })

  const tokensOf = async (day: string) =>
    (await firestore.collection(`firesightProjectUsage/${day}/firesightShards`).get()).docs.reduce(
      (sum, shard) => sum + (shard.get('tokens') as number),
      0,
    )

  it('writes changes of a user together that wait for each other', async () => {
    const [alice, now] = [newUser('upload'), firstOfJanuary()]
    const store = firestoreQuota(firestore)
    const limits = limit({ tokensPerDay: 100_000, projectTokensPerDay: 1_000_000 })
    const commits = vi.spyOn(WriteBatch.prototype, 'commit')
    const album = Array.from({ length: 16 }, async () => store.reserve(alice, exactly(100), limits, now))
    const reservations = await Promise.all(album)
    await Promise.all(reservations.map(async (reservation) => store.settle(reservation, 70, now)))
    // The first alone, and then all others.
    expect(commits).toHaveBeenCalledTimes(4)
    expect(await tokensOf(reservations[0]!.day)).toBe(16 * 70)
  })

  it('counts a change once whose commit succeeded without an acknowledgement', async () => {
    const [alice, now] = [newUser(), firstOfJanuary()]
    const store = firestoreQuota(firestore)
    const { commit } = WriteBatch.prototype
    const lost = async function (this: WriteBatch) {
      await commit.call(this)
      throw Object.assign(new Error('The condition of the repeated commit fails'), { code: 9 })
    }
    const commits = vi.spyOn(WriteBatch.prototype, 'commit')
    commits.mockImplementationOnce(lost)
    const limits = limit({ projectTokensPerDay: 1_000_000 })
    const reserve = async () => store.reserve(alice, exactly(100), limits, now)
    const reservation = await reserve()
    expect(await tokensOf(reservation.day)).toBe(100)
    // Adds 100 tokens in advance, which the third one takes.
    const second = await reserve()
    commits.mockImplementationOnce(lost)
    const third = await reserve()
    for (const each of [second, third]) await store.settle(each, 0, now)
    commits.mockImplementationOnce(lost)
    await store.settle(reservation, 30, now)
    expect(await tokensOf(reservation.day)).toBe(30)
    expect(
      (await firestore.doc(`firesightQuotas/${alice.uid}`).get()).get(`days.${reservation.day}`),
    ).toMatchObject({
      spentTokens: 30,
      open: {},
    })
  })

  it('never counts too little after a settlement whose commit succeeded and reported DEADLINE_EXCEEDED', async () => {
    const [alice, now] = [newUser(), firstOfJanuary()]
    const store = firestoreQuota(firestore)
    const limits = limit({ projectTokensPerDay: 1_000_000 })
    const reserve = async () => store.reserve(alice, exactly(100), limits, now)
    // The second one adds 100 tokens in advance, which the settlement returns.
    const [first, second] = [await reserve(), await reserve()]
    await store.settle(first, 30, now)
    const { commit } = WriteBatch.prototype
    vi.spyOn(WriteBatch.prototype, 'commit').mockImplementationOnce(async function (this: WriteBatch) {
      await commit.call(this)
      throw Object.assign(new Error('The deadline has passed'), { code: 4 })
    })
    await expect(store.settle(second, 30, now)).rejects.toMatchObject({ code: 'storage-unavailable' })
    await store.settle(await reserve(), 30, now)
    expect(await tokensOf(first.day)).toBe(90)
  })

  it('counts the tokens of all shards after QUOTA_SHARDS was lowered', async () => {
    const now = firstOfJanuary()
    const limits = limit({ projectTokensPerDay: 100 })
    const many = firestoreQuota(firestore, { shards: 1000, random: () => 0.9 })
    const reservation = await many.reserve(newUser(), exactly(60), limits, now)
    const one = firestoreQuota(firestore, { shards: 1 })
    const reserve = async (tokens: number) => one.reserve(newUser(), exactly(tokens), limits, now)
    await expect(reserve(41)).rejects.toMatchObject({ code: 'project-tokens-exceeded' })
    await reserve(40)
    const shards = await firestore
      .collection(`firesightProjectUsage/${reservation.day}/firesightShards`)
      .get()
    expect(shards.docs.map(({ id }) => id)).toEqual(['0', '900'])
  })

  it('settle() deletes the reservation of a photo without an owner', async () => {
    const now = firstOfJanuary()
    const reservation = await firestoreQuota(firestore).reserve(NO_OWNER, exactly(5), NO_LIMITS, now)
    const open = firestore.collection(`firesightProjectUsage/${reservation.day}/firesightReservations`)
    expect((await open.get()).size).toBe(1)
    await firestoreQuota(firestore).settle(reservation, 5, now)
    expect((await open.get()).size).toBe(0)
  })

  it.each(['a/b', '..', '__proto__', '%2F'])(
    'reserve() keeps an allowance for the user id %s',
    async (uid) => {
      const now = firstOfJanuary()
      const store = firestoreQuota(firestore)
      const reserve = async () =>
        store.reserve(
          { uid, account: 'verified', kind: 'call' },
          exactly(60),
          limit({ tokensPerDay: 100 }),
          now,
        )
      await reserve()
      await expect(reserve()).rejects.toMatchObject({ code: 'tokens-reserved' })
    },
  )
})
