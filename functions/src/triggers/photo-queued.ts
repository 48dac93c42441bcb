import * as logger from 'firebase-functions/logger'
import type { Request } from 'firebase-functions/tasks'
import { z } from 'zod'
import { GEMINI_API_KEY } from '../config/params.ts'
import { readConfig } from '../config/read-config.ts'
import { imageIdOf } from '../document/storage-paths.ts'
import { asVisionError } from '../errors.ts'
import { annotateQueued } from '../maintenance/annotate-queued.ts'
import { getServices } from '../services.ts'
import { logOutcome } from './log-outcome.ts'

const taskSchema = z.strictObject({
  bucket: z.string().min(1),
  name: z.string().min(1),
  backfill: z.string().optional(),
  retry: z.boolean().optional(),
})

/** One photo out of the queue: the way of an upload, and its line in the log. */
export async function handlePhotoQueued({ data, id: taskId, retryCount }: Request<unknown>): Promise<void> {
  const task = taskSchema.parse(data)
  const config = readConfig()
  try {
    const services = await getServices(config, () => GEMINI_API_KEY.value())
    const run = await annotateQueued(task, services, config, retryCount)
    if (run) logOutcome(run.outcome, { imageId: run.photo.imageId, generation: run.photo.generation, taskId })
  } catch (error) {
    const failure = asVisionError(error)
    const imageId = imageIdOf(task.bucket, task.name)
    // Thrown on: the queue tries again, and after its last try the next sweep.
    if (failure) logger.warn('photo not annotated yet', { imageId, taskId, code: failure.code })
    throw error
  }
}
