import { AggregateField, type DocumentReference, FieldValue, type WriteBatch } from 'firebase-admin/firestore'
import { STATE_COLLECTIONS } from '../../document/state-collections.ts'
import type { ProjectUse } from '../../quota/allowance.ts'
import { DAY_MS, startOf } from '../../quota/day.ts'
import { withIndex } from './firestore-failure.ts'

/** The field of a shard for the tokens of restricted users, which `tokens` includes. */
const RESTRICTED = 'restrictedTokens'
const DAYS_KEPT = 35

export type ProjectCounter = {
  /** @throws VisionError `storage-misconfigured` if the index of the sum is missing */
  read: (day: string) => Promise<ProjectUse>
  /** Adds to one shard in a batch. */
  add: (batch: WriteBatch, day: string, added: ProjectUse) => void
}

/**
 * The counter of a day, `{day}/firesightShards/{number}`: the sum over all shards that exist, so their number
 * may change at any time. A document sustains about one write a second, a soft limit.
 * https://firebase.google.com/docs/firestore/best-practices, 2026-11
 */
export function projectCounter(
  dayDocument: (day: string) => DocumentReference,
  shards: number,
  random: () => number,
): ProjectCounter {
  const shardsOf = (day: string) => dayDocument(day).collection(STATE_COLLECTIONS.shards)
  return {
    async read(day) {
      const sums = { tokens: AggregateField.sum('tokens'), restrictedTokens: AggregateField.sum(RESTRICTED) }
      const query = shardsOf(day).aggregate(sums)
      return (
        await withIndex(`${STATE_COLLECTIONS.shards} (tokens, ${RESTRICTED})`, async () => query.get())
      ).data()
    },
    add(batch, day, { tokens, restrictedTokens }) {
      // Always both fields: an aggregation leaves out documents that lack one of its fields.
      const fields = {
        tokens: FieldValue.increment(tokens),
        [RESTRICTED]: FieldValue.increment(restrictedTokens),
        expireAt: new Date(startOf(day) + DAYS_KEPT * DAY_MS),
      }
      batch.set(shardsOf(day).doc(String(Math.floor(random() * shards))), fields, { merge: true })
    },
  }
}
