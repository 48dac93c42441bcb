import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getFirestore } from 'firebase-admin/firestore'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { firestoreQuota } from '../../functions/src/stores/firestore/firestore-quota.ts'
import { exactly, NO_LIMITS } from '../support/quota-limits.ts'
import { after, firstOfJanuary, NO_OWNER } from '../support/spenders.ts'

// A project of its own: the switch pauses all users of a project.
const app = initializeApp({ projectId: 'demo-kill-switch' }, 'kill-switch')
const firestore = getFirestore(app)
afterAll(async () => deleteApp(app))

describe('firestoreQuota() and the kill switch', () => {
  const settings = firestore.doc('firesightSettings/killSwitch')
  afterEach(async () => void (await settings.delete()))

  it('reserve() follows it within 30 s, on and off', async () => {
    const now = firstOfJanuary()
    const store = firestoreQuota(firestore)
    const reserve = async (ms: number) => store.reserve(NO_OWNER, exactly(1), NO_LIMITS, after(now, ms))
    await reserve(0)
    await settings.set({ paused: true })
    await reserve(29_999)
    await expect(reserve(30_000)).rejects.toMatchObject({ code: 'service-paused', retryAfterMs: 60_000 })
    await settings.set({ paused: false })
    await expect(reserve(59_999)).rejects.toMatchObject({ code: 'service-paused' })
    await reserve(60_000)
  })

  it.each([{}, { paused: false }])('reserve() continues with %o', async (content) => {
    await settings.set(content)
    const reservation = await firestoreQuota(firestore).reserve(
      NO_OWNER,
      exactly(1),
      NO_LIMITS,
      firstOfJanuary(),
    )
    expect(reservation.tokens).toBe(1)
  })

  it.each(['true', 'yes', 1, null])('reserve() treats paused: %o as a pause', async (paused) => {
    await settings.set({ paused })
    const reserving = firestoreQuota(firestore).reserve(NO_OWNER, exactly(1), NO_LIMITS, firstOfJanuary())
    await expect(reserving).rejects.toMatchObject({ code: 'service-paused' })
  })
})
