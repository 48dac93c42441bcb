import { expect, it } from 'vitest'
import type { Photo } from '../../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../../functions/src/document/storage-paths.ts'
import { guardedModel } from '../../../functions/src/model/guarded-model.ts'
import { memoryCircuit } from '../../../functions/src/stores/memory/memory-circuit.ts'
import { unlimitedQuota } from '../../../functions/src/stores/memory/memory-quota.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'
import { annotate, annotationOf, clock, photos, upload } from '../../support/photo-run.ts'
import { drawScene, FOUR_SHAPES } from '../../support/scene.ts'

const { png } = await drawScene(FOUR_SHAPES)
const gemini = useEmulatedModel()

/** Another instance, which shares only the circuit store. */
const instanceOf = (apiKey: string, circuit: ReturnType<typeof memoryCircuit>) => ({
  model: guardedModel(
    gemini.model({ provider: { name: 'gemini-api', apiKey: () => apiKey } }),
    circuit,
    () => clock.now,
  ),
})

function uploadNumber(number: number): Photo {
  const name = `users/alice/uploads/scene-${number}.png`
  const photo = { ...upload(png), name, imageId: imageIdOf('bucket', name) }
  photos.files.set(name, { bytes: png, contentType: 'image/png', generation: photo.generation })
  return photo
}

const deferred = { ended: 'finished', status: 'deferred', code: 'model-misconfigured' }

it('annotateImage() with a wrong key sends one request per step, none for ten more photos, and all succeed with the right key', async () => {
  const circuit = memoryCircuit()
  const wrong = instanceOf('invalid', circuit)
  const quota = unlimitedQuota()
  const run = async (photo: Photo, instance: ReturnType<typeof instanceOf>) =>
    annotate(photo, undefined, quota, {}, instance)
  const queue = Array.from({ length: 11 }, (_, number) => uploadNumber(number))
  const [first, ...others] = queue as [Photo, ...Photo[]]

  expect(await run(first, wrong)).toMatchObject({ ...deferred, retryAfterMs: 300_000 })
  expect(await gemini.journal()).toHaveLength(2)

  clock.now = new Date(clock.now.getTime() + 60_000)
  for (const [number, photo] of others.entries()) {
    // Every other photo goes to a new instance.
    const instance = number % 2 === 0 ? wrong : instanceOf('invalid', circuit)
    expect(await run(photo, instance)).toMatchObject({ ...deferred, retryAfterMs: 240_000 })
  }
  expect(await gemini.journal()).toHaveLength(2)
  expect(quota.settled.map(({ spent }) => spent)).toEqual(queue.map(() => 0))
  for (const photo of queue) {
    const annotation = annotationOf(photo)!
    expect(annotation).toMatchObject({ status: 'deferred', attempts: 0, error: { code: deferred.code } })
    expect(annotation.nextAttemptAt).toEqual(new Date('2026-11-22T12:05:00Z'))
    expect(annotation.steps.describe.paidCalls ?? 0).toBe(0)
    expect(annotation.steps.locate.paidCalls ?? 0).toBe(0)
  }

  clock.now = new Date(clock.now.getTime() + 240_000)
  const right = instanceOf('right', circuit)
  for (const photo of queue) {
    expect(await run(photo, right)).toMatchObject({ status: 'succeeded' })
  }
  expect(await gemini.journal()).toHaveLength(2 + 2 * queue.length)
})
