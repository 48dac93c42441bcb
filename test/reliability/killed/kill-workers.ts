import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { startGeminiEmulator } from '@firesight/gemini-emulator'
import { Storage } from '@google-cloud/storage'
import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getFirestore } from 'firebase-admin/firestore'
import { LEASE_SECONDS } from '../../../functions/src/config/time-limits.ts'
import { imageIdOf } from '../../../functions/src/document/storage-paths.ts'
import { MAX_BILLABLE_ATTEMPTS } from '../../../functions/src/pipeline/billable-attempts.ts'
import { MAX_CRASHES } from '../../../functions/src/pipeline/start-run.ts'
import { ANNOTATIONS, toAnnotation } from '../../../functions/src/stores/firestore/firestore-annotations.ts'
import { drawPicture } from '../picture.ts'
import { KilledCrew } from './crew.ts'

export type Killed = {
  kills: number
  deliveries: number
  /** Deaths that the documents know of: a worker may have died before its claim, or after it had ended. */
  crashes: number
  photos: number
  broken: string[]
}

const WORKERS = 2
/** About as long as a run takes here from its claim on: some kills come too late, and hit nobody. */
const LONGEST_MS = 150
const LOOK_MS = 10

/** Real worker processes that are killed with SIGKILL while they annotate photos, and others that go on. @param random 0 to 1 */
export async function killWorkers(kills: number, random: () => number): Promise<Killed> {
  const run = randomUUID().slice(0, 8)
  const [projectId, bucketName] = [`demo-killed-${run}`, `firesight-killed-${run}.appspot.com`]
  await using cleanup = new AsyncDisposableStack()
  const gemini = await startGeminiEmulator()
  cleanup.defer(() => gemini.close())
  const app = initializeApp({ projectId }, run)
  cleanup.defer(() => deleteApp(app))
  const crew = new KilledCrew({
    GCLOUD_PROJECT: projectId,
    FIREBASE_CONFIG: JSON.stringify({ projectId, storageBucket: bucketName }),
    GEMINI_EMULATOR_HOST: `${gemini.host}:${gemini.port}`,
  })
  cleanup.defer(() => crew.dismiss())
  const bucket = new Storage({ projectId }).bucket(bucketName)
  const told: Killed = { kills: 0, deliveries: 0, crashes: 0, photos: 0, broken: [] }
  let aheadMs = 0

  /** By a worker whose time has not run out. */
  async function isClaimed(name: string): Promise<boolean> {
    const found = await getFirestore(app).collection(ANNOTATIONS).doc(imageIdOf(bucketName, name)).get()
    const lease = found.exists ? toAnnotation(found.data()!).lease : null
    return lease !== null && lease.expiresAt.getTime() > Date.now() + aheadMs
  }

  async function annotate(index: number): Promise<void> {
    const name = `users/owner/uploads/${index}.png`
    const { png } = await drawPicture(index)
    const file = bucket.file(name)
    await file.save(png, { resumable: false, contentType: 'image/png' })
    const [{ generation, size }] = await file.getMetadata()
    const data = { bucket: bucketName, name, generation: String(generation), contentType: 'image/png', size }
    told.photos++
    for (let deaths = 0; ; ) {
      const event = { id: randomUUID(), time: new Date(Date.now() + aheadMs).toISOString(), data }
      const isToDie = told.kills < kills && deaths < MAX_CRASHES - 1
      told.deliveries++
      const moment = async (stop: AbortSignal) => {
        while (!stop.aborted && !(await isClaimed(name))) await sleep(LOOK_MS)
        await sleep(random() * LONGEST_MS)
      }
      const ended = await crew.run({ event, aheadMs }, isToDie ? moment : undefined)
      if (ended === 'done') return
      if (ended === 'killed') {
        told.kills++
        deaths++
      }
      // The event comes again; its lease has run out by then.
      aheadMs += (LEASE_SECONDS + 1) * 1000
    }
  }

  let next = 0
  const shift = async () => {
    while (told.kills < kills) await annotate(next++)
  }
  await Promise.all(Array.from({ length: WORKERS }, shift))
  // What the dead have left is old enough then.
  aheadMs += 2 * 3600 * 1000
  if ((await crew.run({ aheadMs })) !== 'done') told.broken.push('the sweep failed')

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
      told.broken.push(`${name} is ${annotation?.status ?? 'lost'} ${annotation?.error?.code ?? ''}`)
      continue
    }
    told.crashes += annotation.crashes
    if (annotation.lease) told.broken.push(`${name} has a lease left`)
    for (const step of [annotation.steps.describe, annotation.steps.locate])
      if ((step.paidCalls ?? 0) > MAX_BILLABLE_ATTEMPTS)
        told.broken.push(`${name} was paid ${step.paidCalls} times`)
    const { overlay, objects = [] } = annotation
    const folder = overlay?.path.replace('overlay.png', '')
    const named = [overlay?.path, `${folder}answer.json`, ...objects.map(({ mask }) => mask?.path)]
    for (const path of named) if (path && !names.delete(path)) told.broken.push(`${name} lacks ${path}`)
    names.delete(name)
  }
  for (const name of names) told.broken.push(`${name} is left over`)
  return told
}
