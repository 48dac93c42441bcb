import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { startGeminiEmulator } from '@firesight/gemini-emulator'
import { Storage } from '@google-cloud/storage'
import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getFirestore } from 'firebase-admin/firestore'
import { LEASE_SECONDS } from '../../../functions/src/config/time-limits.ts'
import { errorOf } from '../../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../../functions/src/document/storage-paths.ts'
import { MAX_CRASHES } from '../../../functions/src/pipeline/attempt-limits.ts'
import { MAX_BILLABLE_ATTEMPTS } from '../../../functions/src/pipeline/billable-attempts.ts'
import { ANNOTATIONS, toAnnotation } from '../../../functions/src/stores/firestore/firestore-annotations.ts'
import { drawPicture } from '../picture.ts'
import { WorkerProcesses } from './worker-processes.ts'

export type Killed = {
  kills: number
  deliveries: number
  /** Crashes that the documents count. A worker may also be killed before its claim or after its end. */
  crashes: number
  photos: number
  violations: string[]
}

const WORKERS = 2
/** About the duration of a run after its claim: some kills come too late. */
const MAX_DELAY_MS = 150
const POLL_MS = 10

/**
 * Kills worker processes with SIGKILL while they annotate photos; other processes resume the photos.
 * @param random 0 to 1
 */
export async function killWorkers(kills: number, random: () => number): Promise<Killed> {
  const run = randomUUID().slice(0, 8)
  const [projectId, bucketName] = [`demo-killed-${run}`, `firesight-killed-${run}.appspot.com`]
  await using cleanup = new AsyncDisposableStack()
  const gemini = await startGeminiEmulator()
  cleanup.defer(() => gemini.close())
  const app = initializeApp({ projectId }, run)
  cleanup.defer(() => deleteApp(app))
  const processes = new WorkerProcesses({
    GCLOUD_PROJECT: projectId,
    FIREBASE_CONFIG: JSON.stringify({ projectId, storageBucket: bucketName }),
    GEMINI_EMULATOR_HOST: `${gemini.host}:${gemini.port}`,
  })
  cleanup.defer(() => processes.killAll())
  const bucket = new Storage({ projectId }).bucket(bucketName)
  const result: Killed = { kills: 0, deliveries: 0, crashes: 0, photos: 0, violations: [] }
  let aheadMs = 0

  /** Whether a worker holds an unexpired lease. */
  async function isClaimed(name: string): Promise<boolean> {
    const found = await getFirestore(app).collection(ANNOTATIONS).doc(imageIdOf(bucketName, name)).get()
    const annotation = found.exists ? toAnnotation(found.data()!) : undefined
    const lease = annotation && annotation.status !== 'deleted' ? annotation.lease : null
    return lease !== null && lease.expiresAt.getTime() > Date.now() + aheadMs
  }

  async function annotate(index: number): Promise<void> {
    const name = `users/owner/uploads/${index}.png`
    const { png } = await drawPicture(index)
    const file = bucket.file(name)
    await file.save(png, { resumable: false, contentType: 'image/png' })
    const [{ generation, size }] = await file.getMetadata()
    const data = { bucket: bucketName, name, generation: String(generation), contentType: 'image/png', size }
    result.photos++
    for (let crashes = 0; ; ) {
      const event = { id: randomUUID(), time: new Date(Date.now() + aheadMs).toISOString(), data }
      const mayBeKilled = result.kills < kills && crashes < MAX_CRASHES - 1
      result.deliveries++
      const moment = async (stop: AbortSignal) => {
        while (!stop.aborted && !(await isClaimed(name))) await sleep(POLL_MS)
        await sleep(random() * MAX_DELAY_MS)
      }
      const ended = await processes.run({ event, aheadMs }, mayBeKilled ? moment : undefined)
      if (ended === 'done') return
      if (ended === 'killed') {
        result.kills++
        crashes++
      }
      // The event is redelivered after the lease has expired.
      aheadMs += (LEASE_SECONDS + 1) * 1000
    }
  }

  let next = 0
  const annotateNext = async () => {
    while (result.kills < kills) await annotate(next++)
  }
  await Promise.all(Array.from({ length: WORKERS }, annotateNext))
  // The sweeper deletes orphans that are older than an hour.
  aheadMs += 2 * 3600 * 1000
  if ((await processes.run({ aheadMs })) !== 'done') result.violations.push('the sweep failed')

  const documents = await getFirestore(app).collection(ANNOTATIONS).get()
  const annotations = new Map(documents.docs.map((document) => [document.id, toAnnotation(document.data())]))
  const [files] = await bucket.getFiles()
  const names = new Set(files.map((file) => file.name))
  for (let index = 0; index < next; index++) {
    const name = `users/owner/uploads/${index}.png`
    const annotation = annotations.get(imageIdOf(bucketName, name))
    const sha256 = createHash('sha256')
      .update((await drawPicture(index)).png)
      .digest('hex')
    if (annotation?.status !== 'succeeded' || annotation.image?.sha256 !== sha256) {
      result.violations.push(`${name} is ${annotation?.status ?? 'lost'} ${errorOf(annotation)?.code ?? ''}`)
      continue
    }
    result.crashes += annotation.crashes
    if (annotation.lease) result.violations.push(`${name} still has a lease`)
    for (const step of [annotation.steps.describe, annotation.steps.locate])
      if ((step.paidCalls ?? 0) > MAX_BILLABLE_ATTEMPTS)
        result.violations.push(`${name} was billed ${step.paidCalls} times`)
    const { overlay, thumbnail, objects = [] } = annotation
    const folder = overlay?.path.replace('overlay.png', '')
    const referenced = [
      overlay?.path,
      thumbnail?.path,
      `${folder}answer.json`,
      ...objects.map(({ mask }) => mask?.path),
    ]
    if (!thumbnail) result.violations.push(`${name} has no thumbnail`)
    for (const path of referenced)
      if (path && !names.delete(path)) result.violations.push(`${name} lacks ${path}`)
    names.delete(name)
  }
  for (const name of names) result.violations.push(`${name} is an orphan`)
  return result
}
