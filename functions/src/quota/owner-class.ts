import type { AccountClass, Accounts } from '../ports/accounts.ts'
import type { Services } from '../ports/services.ts'

/** A photo waits no longer for the account of its owner. */
const LOOKUP_MS = 1000
/** A user who verifies an identity gets the higher limits after this time. */
const RESTRICTED_FOR_MS = 10 * 60 * 1000
const VERIFIED_FOR_MS = 60 * 60 * 1000
/** About 1 MB. */
const MAX_CACHED = 10_000

type Cached = { class: AccountClass; until: number }

/** By uid, the least recently found first. */
const caches = new WeakMap<Accounts, Map<string, Cached>>()
const warned = new WeakSet<Accounts>()

/**
 * The class of a photo's owner. A user that does not exist, or whose account is disabled, is restricted.
 * After an error or one second without an answer the last known class counts, else `restricted`. Never
 * rejects.
 */
export async function ownerClass(
  owner: string | null,
  { accounts, now }: Pick<Services, 'accounts' | 'now'>,
): Promise<AccountClass> {
  if (owner === null) return 'verified'
  const cache = caches.get(accounts) ?? new Map<string, Cached>()
  caches.set(accounts, cache)
  const known = cache.get(owner)
  if (known && known.until > now().getTime()) return known.class
  const found = accounts.find(owner).then(
    (account) => {
      const accountClass = account && !account.disabled ? account.class : 'restricted'
      const forMs = accountClass === 'verified' ? VERIFIED_FOR_MS : RESTRICTED_FOR_MS
      remember(cache, owner, { class: accountClass, until: now().getTime() + forMs })
      return accountClass
    },
    (error: unknown) => {
      warnOnce(accounts, error)
      return undefined
    },
  )
  return (await withinTime(found)) ?? known?.class ?? 'restricted'
}

function remember(cache: Map<string, Cached>, owner: string, cached: Cached): void {
  cache.delete(owner)
  cache.set(owner, cached)
  if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value!)
}

async function withinTime<T>(found: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(resolve, LOOKUP_MS, undefined)
  try {
    return await Promise.race([found, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** A missing permission would otherwise restrict all users without a sign. */
function warnOnce(accounts: Accounts, error: unknown): void {
  if (warned.has(accounts)) return
  warned.add(accounts)
  console.warn(
    'Cannot read users from Firebase Authentication, so their uploads have the limits of restricted users. ' +
      'The service account of the functions needs the role roles/firebaseauth.viewer.',
    error,
  )
}
