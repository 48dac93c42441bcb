import { type Functions, httpsCallable } from 'firebase/functions'

type Backfill = {
  id: string
  state: string
  photos: number
  estimate: { tokens: number; usd: number | null }
}

/** Counts the photos that are not annotated yet, and estimates the cost. Starts the work if `confirm` agrees. */
export async function annotateExistingPhotos(
  functions: Functions,
  confirm: (photos: number, usd: number | null) => Promise<boolean>,
): Promise<Backfill> {
  const startBackfill = httpsCallable<object, Backfill>(functions, 'startBackfill')
  const { data: plan } = await startBackfill({ maxPhotos: 1000 }) // A dry run: annotates nothing.
  if (!(await confirm(plan.photos, plan.estimate.usd))) return plan
  const { data: started } = await startBackfill({ maxPhotos: 1000, dryRun: false })
  return started
}
