import { setTimeout as sleep } from 'node:timers/promises'
import type { DocumentReference } from 'firebase-admin/firestore'
import { VisionError } from '../../errors.ts'
import type { Reservation } from '../../ports/quota-store.ts'
import { type Allowance, NEW_ALLOWANCE, type ProjectUse } from '../../quota/allowance.ts'
import { DAY_MS } from '../../quota/day.ts'
import {
  type CommitOutcome,
  isNothing,
  NOTHING,
  type Posting,
  type ProjectLedger,
  plus,
} from '../../quota/project-ledger.ts'
import { toFirestore } from './firestore-failure.ts'
import { inBatches } from './in-batches.ts'
import type { ProjectCounter } from './project-counter.ts'

const USER_DAYS_KEPT = 2

/** One of several concurrent writers of a document succeeds in each attempt. */
const ATTEMPTS = 50
const LONGEST_WAIT_MS = 200

/**
 * Errors of a commit after a concurrent one: NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION or ABORTED of
 * gRPC. The same errors of a read have other causes, which no attempt changes.
 */
const CONFLICTS = new Set<unknown>([5, 6, 9, 10])

/** A change of an allowance, and of the project's use with it. */
export type AllowanceChange = {
  reservation: Reservation
  /** Whether `apply` needs the use of the project. */
  needsProject: boolean
  now: Date
  /**
   * Returns the same object if nothing changes, and undefined to delete the document. Called again after a
   * conflict. @throws VisionError if the change is refused
   */
  apply: (allowance: Allowance, project: ProjectUse) => Allowance | undefined
  /** Called after `apply`. */
  post: (project: ProjectUse) => Posting
}

/** The refused changes, with their errors. */
type Refused = Map<AllowanceChange, unknown>

type Options = {
  documentOf: (reservation: Reservation) => DocumentReference
  counter: ProjectCounter
  ledger: ProjectLedger
  random: () => number
}

/**
 * Writes changes of allowances. One commit writes the allowance and the project's counter, with the condition
 * that the allowance is unchanged since it was read; on a conflict it is read again. Transactions would lock
 * what they read: 50 concurrent calls of one user took two minutes in the emulator with them, and take two
 * seconds this way. Changes of one document that wait for each other are written together.
 */
export function allowanceChanges({
  documentOf,
  counter,
  ledger,
  random,
}: Options): (change: AllowanceChange) => Promise<void> {
  /**
   * @param unclear postings of an attempt whose commit failed: they were written if the allowance has the
   *   change, since then only the acknowledgement was lost
   * @returns the refused changes, with their errors, or the conflict with a concurrent commit
   */
  async function changeOnce(
    changes: AllowanceChange[],
    unclear: Map<AllowanceChange, Posting>,
  ): Promise<{ refused: Refused } | { conflict: unknown }> {
    const document = documentOf(changes[0]!.reservation)
    const asking = changes.filter(({ needsProject }) => needsProject)
    const days = [...new Set(asking.map(({ reservation }) => reservation.day))]
    const [snapshot, ...sums] = await Promise.all([document.get(), ...days.map(counter.read)])
    const counted = new Map(days.map((day, i) => [day, sums[i]!]))
    // Only the functions write here (firestore.rules), so the shape is known.
    const before = (snapshot.data() ?? NEW_ALLOWANCE) as Allowance
    const refused: Refused = new Map()
    let allowance: Allowance | undefined = before
    for (const change of changes) {
      const { day } = change.reservation
      const current: Allowance = allowance ?? NEW_ALLOWANCE
      const earlier = unclear.get(change)
      unclear.delete(change)
      const project = ledger.useOf(day, counted.get(day) ?? NOTHING)
      try {
        const changed = change.apply(current, project)
        earlier?.end(changed === current ? 'written' : 'not-written')
        if (changed === current) continue
        allowance = changed
        unclear.set(change, change.post(project))
      } catch (error) {
        earlier?.end('not-written')
        refused.set(change, error)
      }
    }
    if (allowance === before) return { refused }
    const batch = document.firestore.batch()
    const unchanged = snapshot.updateTime && { lastUpdateTime: snapshot.updateTime }
    if (!allowance) batch.delete(document, unchanged)
    else {
      const fields = {
        ...allowance,
        expireAt: new Date(changes.at(-1)!.now.getTime() + USER_DAYS_KEPT * DAY_MS),
      }
      if (unchanged) batch.update(document, fields, unchanged)
      else batch.create(document, fields)
    }
    for (const [day, posted] of Map.groupBy(unclear, ([{ reservation }]) => reservation.day)) {
      const added = posted.map(([, { add }]) => add).reduce(plus, NOTHING)
      if (!isNothing(added)) counter.add(batch, day, added)
    }
    try {
      await batch.commit()
    } catch (error) {
      if (error instanceof Error && 'code' in error && CONFLICTS.has(error.code)) return { conflict: error }
      throw error
    }
    endAll(unclear, 'written')
    return { refused }
  }

  async function changeTogether(changes: AllowanceChange[]): Promise<Refused> {
    const unclear = new Map<AllowanceChange, Posting>()
    try {
      for (let attempt = 1; ; attempt++) {
        const result = await changeOnce(changes, unclear)
        if ('refused' in result) return result.refused
        if (attempt === ATTEMPTS) {
          const message = `Cannot change an allowance: another writer was first in ${ATTEMPTS} attempts`
          throw new VisionError('storage-unavailable', message, { cause: result.conflict })
        }
        await sleep(random() * Math.min(10 * 2 ** attempt, LONGEST_WAIT_MS))
      }
    } finally {
      endAll(unclear, 'unknown')
    }
  }

  const run = inBatches<AllowanceChange>(async (changes) => toFirestore(async () => changeTogether(changes)))
  return async (change) => run(documentOf(change.reservation).path, change)
}

function endAll(postings: Map<AllowanceChange, Posting>, outcome: CommitOutcome): void {
  for (const posting of postings.values()) posting.end(outcome)
  postings.clear()
}
