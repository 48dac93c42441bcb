import { randomUUID } from 'node:crypto'
import { STATE_COLLECTIONS } from '../../document/state-collections.ts'
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
import { dayOf } from '../../quota/day.ts'
import { pauseSwitch } from '../../quota/pause-switch.ts'
import { NOTHING, projectLedger } from '../../quota/project-ledger.ts'
import { type QuotaLog, useReporter } from '../../quota/report-use.ts'
import { allowanceChanges } from './allowance-changes.ts'
import { toFirestore } from './firestore-failure.ts'
import { projectCounter } from './project-counter.ts'
import type { StateRoot } from './state-root.ts'

/** The document `{ paused: true }` stops all work. */
const KILL_SWITCH = 'killSwitch'

/** QUOTA_SHARDS and the deployed instances by default. */
const DEFAULTS = { shards: 20, instances: 65 }

export type FirestoreQuotaOptions = {
  /** The parent of the kill switch. Default: that of the counters. */
  settings?: StateRoot
  /** QUOTA_SHARDS. */
  shards?: number
  /** The most instances that may reserve at the same time. */
  instances?: number
  random?: () => number
  log?: QuotaLog
}

/**
 * Quotas in Firestore. The project's sum may be a moment old, so that calls of all users do not wait for each
 * other: concurrent reservations may exceed the project's limit.
 * @param root the parent of the counters: instances with the same one share their allowances
 */
export function firestoreQuota(
  root: StateRoot,
  {
    settings = root,
    shards = DEFAULTS.shards,
    instances = DEFAULTS.instances,
    random = Math.random,
    log,
  }: FirestoreQuotaOptions = {},
): QuotaStore {
  const reportUse = useReporter(log)
  const killSwitch = settings.collection(STATE_COLLECTIONS.settings).doc(KILL_SWITCH)
  const checkPause = pauseSwitch(async () => (await killSwitch.get()).get('paused') as unknown)
  const users = root.collection(STATE_COLLECTIONS.quotas)
  const { firestore } = users
  const dayDocument = (day: string) => root.collection(STATE_COLLECTIONS.projectUsage).doc(day)
  const counter = projectCounter(dayDocument, shards, random)
  const ledger = projectLedger(instances)
  const changeAllowance = allowanceChanges({
    documentOf: ({ id, day, spender: { uid } }) =>
      // Without an owner, the reservation has a document of its own, so that settling it twice counts once.
      uid === null
        ? dayDocument(day).collection(STATE_COLLECTIONS.reservations).doc(id)
        : users.doc(documentId(uid)),
    counter,
    ledger,
    random,
  })

  return {
    async reserve(spender, need, limits, now) {
      await toFirestore(async () => checkPause(now))
      const day = dayOf(now)
      const reservation = { id: randomUUID(), spender, ...need, tokens: need.least, day }
      let [before, isNewUser] = [NOTHING, false]
      await changeAllowance({
        reservation,
        needsProject: limits.projectTokensPerDay > 0,
        now,
        apply: (allowance, project) => {
          const reserved = reserve(allowance, reservation, project, limits, now)
          reservation.tokens = reserved.days[day]!.open[reservation.id]!.tokens
          before = project
          isNewUser = allowance === NEW_ALLOWANCE
          return reserved
        },
        post: (project) =>
          ledger.reserve(reservation, useOf(reservation), project, limits.projectTokensPerDay, now),
      })
      reportUse(reservation, before, limits, isNewUser)
      return reservation
    },

    async look(uid, now) {
      const day = dayOf(now)
      const document = uid === null ? undefined : users.doc(documentId(uid))
      const [snapshot, project] = await toFirestore(async () =>
        Promise.all([document?.get(), counter.read(day), checkPause(now)]),
      )
      const allowance = (snapshot?.data() ?? NEW_ALLOWANCE) as Allowance
      return quotaCheck(allowance, ledger.useOf(day, project), day, now)
    },

    async settle(reservation, spentTokens, now) {
      await changeAllowance({
        reservation,
        needsProject: false,
        now,
        apply: (allowance) => {
          const settled = settle(allowance, reservation, spentTokens, now)
          return settled !== allowance && reservation.spender.uid === null ? undefined : settled
        },
        post: () => ledger.settle(reservation, useOf(reservation), useOf(reservation, spentTokens)),
      })
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

/** The part of a reservation in the project's use. */
function useOf(reservation: Reservation, tokens: number = projectHold(reservation)): ProjectUse {
  return { tokens, restrictedTokens: reservation.spender.account === 'restricted' ? tokens : 0 }
}
