import type { Firestore } from 'firebase-admin/firestore'
import { unlimitedQuota } from './memory-quota.ts'
import type { QuotaStore } from './quota-store.ts'

export function firestoreQuota(_firestore: Firestore): QuotaStore {
  return unlimitedQuota()
}
