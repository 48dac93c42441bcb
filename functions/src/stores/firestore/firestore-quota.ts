import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AggregateField, FieldValue, type WriteBatch } from 'firebase-admin/firestore'
import type { QuotaStore, Reservation } from '../../ports/quota-store.ts'
import {
  type Allowance,
  forget,
  NEW_ALLOWANCE,
  type ProjectUse,
  projectHold,
  quotaCheck,
  reserve,
  settle,
} from '../../quota/allowance.ts'
import { DAY_MS, dayOf, startOf } from '../../quota/day.ts'
import { pauseSwitch } from '../../quota/pause-switch.ts'
import { type QuotaLog, useReporter } from '../../quota/report-use.ts'
import { toFirestore } from './firestore-failure.ts'
import type { StateRoot } from './state-root.ts'

/** `settings/firesight` is the kill switch: `{ paused: true }`. */
const SETTINGS = 'settings'
const KILL_SWITCH = 'firesight'
/** `quotas/{uid}`: the usage of a user. */
const USERS = 'quotas'
/** `projectUsage/{day}/shards/{0 to 19}`: their sum is the tokens of all users. */
const PROJECT = 'projectUsage'
/** The field of a shard for the tokens of restricted users, which `tokens` includes. */
const RESTRICTED = 'restrictedTokens'

/**
 * A document sustains about one write per second, and each reservation makes two.
 * https://firebase.google.com/docs/firestore/quotas, 2026-11
 */
const SHARDS = 20
const PROJECT_DAYS_KEPT = 35
const USER_DAYS_KEPT = 2

const NO_USE: ProjectUse = { tokens: 0, restrictedTokens: 0 }

export type FirestoreQuotaOptions = {
  /** The parent of the kill switch. Default: that of the counters. */
  settings?: StateRoot
  random?: () => number
  log?: QuotaLog
}

/** One of several concurrent writers of a document succeeds in each attempt. */
const ATTEMPTS = 50
const LONGEST_WAIT_MS = 200

/** A concurrent commit was first: NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION or ABORTED of gRPC. */
const CONFLICTS = new Set<unknown>([5, 6, 9, 10])

/**
 * Quotas in Firestore. One batch writes the user's allowance and the project's counter, with the condition
 * that the allowance is unchanged since it was read; on a conflict it is read again. Transactions would lock
 * what they read: 50 concurrent calls of one user took two minutes in the emulator with them, and take two
 * seconds this way. The project's sum may be a moment old, so that calls of all users do not wait for each
 * other: concurrent reservations may exceed the project's limit.
 * @param root the parent of the counters: instances with the same one share their allowances
 */
export function firestoreQuota(
  root: StateRoot,
  { settings = root, random = Math.random, log }: FirestoreQuotaOptions = {},
): QuotaStore {
  const reportUse = useReporter(log)
  const killSwitch = settings.collection(SETTINGS).doc(KILL_SWITCH)
  const checkPause = pauseSwitch(async () => (await killSwitch.get()).get('paused') as unknown)
  const inTurn = oneAtATime()
  const users = root.collection(USERS)
  const { firestore } = users
  const dayDocument = (day: string) => root.collection(PROJECT).doc(day)

  const documentOf = ({ id, day, spender: { uid } }: Reservation) =>
    // Without an owner, the reservation has a document of its own, so that settling it twice counts once.
    uid === null ? dayDocument(day).collection('reservations').doc(id) : users.doc(documentId(uid))

  async function readProject(day: string): Promise<ProjectUse> {
    const shards = dayDocument(day).collection('shards')
    const sums = { tokens: AggregateField.sum('tokens'), restrictedTokens: AggregateField.sum(RESTRICTED) }
    return (await shards.aggregate(sums).get()).data()
  }

  function addToProject(batch: WriteBatch, { day, spender }: Reservation, tokens: number): void {
    const shard = dayDocument(day)
      .collection('shards')
      .doc(String(Math.floor(random() * SHARDS)))
    const expireAt = new Date(startOf(day) + PROJECT_DAYS_KEPT * DAY_MS)
    const added = FieldValue.increment(tokens)
    // Always both fields: an aggregation leaves out documents that lack one of its fields.
    const restricted = spender.account === 'restricted' ? added : FieldValue.increment(0)
    batch.set(shard, { tokens: added, [RESTRICTED]: restricted, expireAt }, { merge: true })
  }

  /**
   * @param projectChange called after `change`
   * @param readUse reads the use of the project while the allowance is read
   * @param change returns the same object if nothing changes, and undefined to delete the document
   */
  async function changeOnce(
    reservation: Reservation,
    projectChange: () => number,
    now: Date,
    readUse: () => Promise<ProjectUse>,
    change: (allowance: Allowance, project: ProjectUse) => Allowance | undefined,
  ): Promise<void> {
    const document = documentOf(reservation)
    const [snapshot, project] = await Promise.all([document.get(), readUse()])
    // Only the functions write here (firestore.rules), so the shape is known.
    const allowance = (snapshot.data() ?? NEW_ALLOWANCE) as Allowance
    const changed = change(allowance, project)
    if (changed === allowance) return
    const batch = firestore.batch()
    const unchanged = snapshot.updateTime && { lastUpdateTime: snapshot.updateTime }
    const fields = { ...changed, expireAt: new Date(now.getTime() + USER_DAYS_KEPT * DAY_MS) }
    if (!changed) batch.delete(document, unchanged)
    else if (unchanged) batch.update(document, fields, unchanged)
    else batch.create(document, fields)
    addToProject(batch, reservation, projectChange())
    await batch.commit()
  }

  async function changeAllowance(...[reservation, ...rest]: Parameters<typeof changeOnce>): Promise<void> {
    // Calls of the same instance wait for each other, which avoids conflicts.
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
    async reserve(spender, need, limits, now) {
      await toFirestore(async () => checkPause(now))
      const day = dayOf(now)
      const reservation = { id: randomUUID(), spender, ...need, tokens: need.least, day }
      let [before, isNewUser] = [NO_USE, false]
      await changeAllowance(
        reservation,
        () => projectHold(reservation),
        now,
        async () => (limits.projectTokensPerDay === 0 ? NO_USE : readProject(day)),
        (allowance, project) => {
          const reserved = reserve(allowance, reservation, project, limits, now)
          reservation.tokens = reserved.days[day]!.open[reservation.id]!.tokens
          before = project
          isNewUser = allowance === NEW_ALLOWANCE
          return reserved
        },
      )
      reportUse(reservation, before, limits, isNewUser)
      return reservation
    },

    async look(uid, now) {
      const day = dayOf(now)
      const document = uid === null ? undefined : users.doc(documentId(uid))
      const [snapshot, project] = await toFirestore(async () =>
        Promise.all([document?.get(), readProject(day), checkPause(now)]),
      )
      return quotaCheck((snapshot?.data() ?? NEW_ALLOWANCE) as Allowance, project, day, now)
    },

    async settle(reservation, spentTokens, now) {
      await changeAllowance(
        reservation,
        () => spentTokens - projectHold(reservation),
        now,
        async () => NO_USE,
        (allowance) => {
          const settled = settle(allowance, reservation, spentTokens, now)
          return settled !== allowance && reservation.spender.uid === null ? undefined : settled
        },
      )
    },

    async forget(uid, now) {
      const document = users.doc(documentId(uid))
      await toFirestore(async () =>
        firestore.runTransaction(async (transaction) => {
          const found = (await transaction.get(document)).data()
          const kept = found && forget(found as Allowance, now)
          if (kept) transaction.update(document, { ...kept })
          else if (found) transaction.delete(document)
        }),
      )
    },
  }
}

/** A user's id as a document id: without a slash, not `.` or `..`, and not `__of_this_form__`. */
function documentId(uid: string): string {
  const escaped = uid.replaceAll(/[%/]/g, encodeURIComponent)
  return /^(\.\.?|__.*__)$/.test(escaped) ? `%${escaped}` : escaped
}

/** Runs work with the same key one after another, in the order of the calls. */
function oneAtATime(): <T>(key: string, run: () => Promise<T>) => Promise<T> {
  const latest = new Map<string, Promise<unknown>>()
  return async (key, run) => {
    const current = (latest.get(key) ?? Promise.resolve()).then(run)
    // The next caller waits for the end, but receives no failure of this call.
    const ended = current.catch(() => undefined)
    latest.set(key, ended)
    try {
      return await current
    } finally {
      if (latest.get(key) === ended) latest.delete(key)
    }
  }
}
