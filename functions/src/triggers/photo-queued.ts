import type { Request } from 'firebase-functions/tasks'
import { z } from 'zod'
import { GEMINI_API_KEY } from '../config/params.ts'
import { readConfig } from '../config/read-config.ts'
import { imageIdOf } from '../document/storage-paths.ts'
import { annotateQueued } from '../maintenance/annotate-queued.ts'
import { getServices } from '../services.ts'
import { logRun } from './log-run.ts'

const taskSchema = z.strictObject({
  bucket: z.string().min(1),
  name: z.string().min(1),
  backfill: z.string().optional(),
  retry: z.boolean().optional(),
})

/** If the last retry of a task fails, the next sweep queues the photo again. */
export async function handlePhotoQueued({ data, id: taskId, retryCount }: Request<unknown>): Promise<void> {
  const task = taskSchema.parse(data)
  const config = readConfig()
  await logRun({ imageId: imageIdOf(task.bucket, task.name), taskId }, async () => {
    const services = await getServices(config, () => GEMINI_API_KEY.value())
    return annotateQueued(task, services, config, retryCount)
  })
}
