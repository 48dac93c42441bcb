import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AggregateField, FieldValue, type Firestore, type WriteBatch } from 'firebase-admin/firestore'
import type { QuotaStore, Reservation } from '../../ports/quota-store.ts'
import { type Allowance, NEW_ALLOWANCE, reserve, settle } from '../../quota/allowance.ts'
import { DAY_MS, dayOf, startOf } from '../../quota/day.ts'
import { pauseSwitch } from '../../quota/pause-switch.ts'
import { toFirestore } from './firestore-failure.ts'
import { oneAtATime } from './one-at-a-time.ts'

/** The kill switch: `{ paused: true }`. */
const SETTINGS = 'settings/firesight'
/** `quotas/{uid}`: what a user has used. */
const USERS = 'quotas'
/** `projectUsage/{day}/shards/{0 to 19}`: the tokens of all users are the sum. */
const PROJECT = 'projectUsage'

/**
 * A document takes about one write a second for long, and each reservation makes two.
 * https://firebase.google.com/docs/firestore/quotas, 2026-11
 */
const SHARDS = 20
const PROJECT_DAYS_KEPT = 35
const USER_DAYS_KEPT = 2

/** Writers of one document that meet: each try ends with one of them having written. */
const ATTEMPTS = 50
const LONGEST_WAIT_MS = 200

/** What a commit says that came second: NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED. https://grpc.io/docs/guides/status-codes/ */
const CONFLICTS = new Set<unknown>([5, 6, 9, 10])

/**
 * Quotas in Firestore. The user's allowance and the project's counter are written together, if the allowance is still as it was read;
 * otherwise it is read again. Transactions lock what they read, and wait seconds when they meet: 50 calls of one user at once took two
 * minutes in the emulator, and take two seconds this way. The counter's sum may be a moment old, so that calls of all users do not
 * wait for each other: the project's limit may be exceeded by the reservations that are made at the same moment.
 */
export function firestoreQuota(firestore: Firestore, random: () => number = Math.random): QuotaStore {
  const checkPause = pauseSwitch(async () => (await firestore.doc(SETTINGS).get()).get('paused') as unknown)
  const inTurn = oneAtATime()
  const dayDocument = (day: string) => firestore.collection(PROJECT).doc(day)

  const documentOf = ({ id, day, spender: { uid } }: Reservation) =>
    // Without an owner nobody meets: a document for the reservation alone, so that settling it twice counts once.
    uid === null
      ? dayDocument(day).collection('reservations').doc(id)
      : firestore.collection(USERS).doc(documentId(uid))

  async function readProjectTokens(day: string): Promise<number> {
    const shards = dayDocument(day).collection('shards')
    const sum = await shards.aggregate({ tokens: AggregateField.sum('tokens') }).get()
    return sum.data().tokens
  }

  function addToProject(batch: WriteBatch, day: string, tokens: number): void {
    const shard = dayDocument(day)
      .collection('shards')
      .doc(String(Math.floor(random() * SHARDS)))
    const expireAt = new Date(startOf(day) + PROJECT_DAYS_KEPT * DAY_MS)
    batch.set(shard, { tokens: FieldValue.increment(tokens), expireAt }, { merge: true })
  }

  /** @param change gives the same object when there is nothing to change, and undefined when nothing is left to keep */
  async function changeOnce(
    reservation: Reservation,
    projectChange: number,
    now: Date,
    change: (allowance: Allowance) => Promise<Allowance | undefined>,
  ): Promise<void> {
    const document = documentOf(reservation)
    const snapshot = await document.get()
    // Only the functions write here (firestore.rules), so the shape is ours.
    const allowance = (snapshot.data() ?? NEW_ALLOWANCE) as Allowance
    const changed = await change(allowance)
    if (changed === allowance) return
    const batch = firestore.batch()
    const unchanged = snapshot.updateTime && { lastUpdateTime: snapshot.updateTime }
    const fields = { ...changed, expireAt: new Date(now.getTime() + USER_DAYS_KEPT * DAY_MS) }
    if (!changed) batch.delete(document, unchanged)
    else if (unchanged) batch.update(document, fields, unchanged)
    else batch.create(document, fields)
    addToProject(batch, reservation.day, projectChange)
    await batch.commit()
  }

  async function changeAllowance(...[reservation, ...rest]: Parameters<typeof changeOnce>): Promise<void> {
    // This instance's own calls wait for each other rather than to collide.
    const change = async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await changeOnce(reservation, ...rest)
        } catch (error) {
          const conflict = error instanceof Error && 'code' in error && CONFLICTS.has(error.code)
          if (!conflict || attempt === ATTEMPTS) throw error
          await sleep(random() * Math.min(10 * 2 ** attempt, LONGEST_WAIT_MS))
        }
      }
    }
    await inTurn(documentOf(reservation).path, async () => toFirestore(change))
  }

  return {
    async reserve(spender, tokens, limits, now) {
      await toFirestore(async () => checkPause(now))
      const reservation = { id: randomUUID(), spender, tokens, day: dayOf(now) }
      await changeAllowance(reservation, tokens, now, async (allowance) => {
        const projectTokens = limits.projectTokensPerDay === 0 ? 0 : await readProjectTokens(reservation.day)
        return reserve(allowance, reservation, projectTokens, limits, now)
      })
      return reservation
    },

    async settle(reservation, spentTokens, now) {
      await changeAllowance(reservation, spentTokens - reservation.tokens, now, async (allowance) => {
        const settled = settle(allowance, reservation, spentTokens, now)
        return settled !== allowance && reservation.spender.uid === null ? undefined : settled
      })
    },
  }
}

/** A user's id as the id of a document, which holds no slash, is no path step, and is not `__of_this_form__`. */
function documentId(uid: string): string {
  const escaped = uid.replaceAll(/[%/]/g, encodeURIComponent)
  return /^(\.\.?|__.*__)$/.test(escaped) ? `%${escaped}` : escaped
}
