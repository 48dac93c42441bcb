import type { Request } from 'firebase-functions/tasks'
import { z } from 'zod'
import type { Config } from '../config/config.ts'
import { geminiApiKey } from '../config/params.ts'
import { readConfig } from '../config/read-config.ts'
import { BACKFILL_RUN } from '../config/time-limits.ts'
import { imageIdOf } from '../document/storage-paths.ts'
import { annotateQueued, type QueueTrigger } from '../maintenance/annotate-queued.ts'
import { getServices } from '../services.ts'
import { logRun } from './log-run.ts'

const taskSchema = z.strictObject({
  bucket: z.string().min(1),
  name: z.string().min(1),
  backfill: z.string().optional(),
  retry: z.boolean().optional(),
})

/**
 * If the last retry of a task fails, the next sweep queues the photo again. Also handles tasks of backfills,
 * which versions before `onBackfillQueued` queued here: at the standard tier, within this function's timeout.
 */
export async function handlePhotoQueued(task: Request<unknown>): Promise<void> {
  await runTask(task, () => ({}))
}

/** As `handlePhotoQueued`, with the time limits and the service tier of backfills. */
export async function handleBackfillQueued(task: Request<unknown>): Promise<void> {
  await runTask(task, ({ backfillServiceTier }) => ({
    limits: BACKFILL_RUN,
    serviceTier: backfillServiceTier,
  }))
}

async function runTask(
  { data, id: taskId, retryCount }: Request<unknown>,
  triggerOf: (config: Config) => QueueTrigger,
): Promise<void> {
  const task = taskSchema.parse(data)
  const config = readConfig()
  await logRun({ imageId: imageIdOf(task.bucket, task.name), taskId }, async () => {
    const services = await getServices(config, geminiApiKey)
    return annotateQueued(task, services, config, retryCount, triggerOf(config))
  })
}
