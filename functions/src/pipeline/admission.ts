import type { Config } from '../config/config.ts'
import { MODEL_STEPS, type Photo } from '../document/annotation.ts'
import type { AccountClass } from '../ports/accounts.ts'
import type { QuotaCheck } from '../ports/quota-store.ts'
import type { Services } from '../ports/services.ts'
import { ownerClass } from '../quota/owner-class.ts'
import type { LeasedAnnotation } from './leased-annotation.ts'
import { needOf } from './step-tokens.ts'

/** What decides whether a photo is loaded: the class of its owner, and the allowances as they were read. */
export type Admission =
  | { account: AccountClass; check: QuotaCheck }
  | { account: AccountClass; error: unknown }

/** Before the photo is read its size is unknown: the smallest size refuses no photo that would be granted. */
const SMALLEST = { width: 1, height: 1 }

/** Reads what admits a photo. Never rejects, since it runs in parallel with the claim. */
export async function readAdmission({ owner }: Photo, services: Services): Promise<Admission> {
  const { quota, now } = services
  const [account, looked] = await Promise.all([
    ownerClass(owner, services),
    quota.look(owner, now()).then(
      (check) => ({ check }),
      (error: unknown) => ({ error }),
    ),
  ])
  return { account, ...looked }
}

/**
 * Checks the allowances before the photo is downloaded. A photo whose model steps have all ended needs none.
 * @throws VisionError as `QuotaStore.reserve`
 */
export function checkAdmission(
  { admission, photo, document }: { admission: Admission; photo: Photo; document: LeasedAnnotation },
  config: Config,
): void {
  const missing = MODEL_STEPS.filter((name) => document.steps[name].state === 'pending')
  if (missing.length === 0) return
  if ('error' in admission) throw admission.error
  const { account, check } = admission
  check({ uid: photo.owner, kind: 'upload', account }, needOf(missing, SMALLEST, config).least, config)
}
