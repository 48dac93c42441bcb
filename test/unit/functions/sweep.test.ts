import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { LEASE_SECONDS } from '../../../functions/src/config/time-limits.ts'
import type { Photo } from '../../../functions/src/document/annotation.ts'
import { imageIdOf, resultPaths } from '../../../functions/src/document/storage-paths.ts'
import { annotateQueued } from '../../../functions/src/maintenance/annotate-queued.ts'
import { sweep } from '../../../functions/src/maintenance/sweep.ts'
import {
  annotate,
  annotationOf,
  annotations,
  clock,
  fails,
  NAME,
  photos,
  png,
  results,
  services,
  upkeep,
  upload,
} from '../../support/photo-run.ts'
import { FULL, minutes, put, SCHEDULED, setCreated } from '../../support/sweep-run.ts'
import { scriptedModel } from '../../support/vision.ts'

const CONFIG = readConfig({})

let script: ReturnType<typeof scriptedModel>
beforeEach(() => {
  script = scriptedModel()
})

const sweepNow = async (options = FULL) => sweep(services(script.model), CONFIG, options)

/** Runs the queued photos like Cloud Tasks. */
async function work(): Promise<void> {
  const tasks = [...upkeep.tasks]
  for (const [, task] of tasks) await annotateQueued(task, services(script.model), CONFIG)
}

async function claimAndDie(photo: Photo): Promise<void> {
  const lease = { token: 'dead', expiresAt: new Date(clock.now.getTime() + LEASE_SECONDS * 1000) }
  await annotations.claim(photo, lease, clock.now)
}

describe('sweep() requeues', () => {
  it('a photo whose worker died, once its lease has expired', async () => {
    const photo = upload(png)
    await claimAndDie(photo)
    expect(await sweepNow()).toMatchObject({ redriven: 0, queued: 0 })
    minutes(7)
    expect(await sweepNow()).toMatchObject({ redriven: 1 })
    await work()
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', crashes: 1 })
  })

  it('a photo whose event was not redelivered after a failure', async () => {
    const photo = upload(png)
    const busy = scriptedModel({ locate: [fails('model-unavailable')] })
    await expect(annotate(photo, busy)).rejects.toThrow('scripted')
    minutes(14)
    expect(await sweepNow()).toMatchObject({ redriven: 0 })
    minutes(2)
    expect(await sweepNow()).toMatchObject({ redriven: 1 })
    await work()
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded' })
    expect(script.requests.map(({ task }) => task)).toEqual(['locate'])
  })

  it.each(['model-misconfigured', 'model-day-limit'] as const)(
    'a photo that was deferred for %s, once it is due',
    async (code) => {
      const photo = upload(png)
      await annotate(photo, scriptedModel({ describe: [fails(code)], locate: [fails(code)] }))
      expect(annotationOf(photo)).toMatchObject({ status: 'deferred', error: { code } })
      minutes(9)
      expect(await sweepNow()).toMatchObject({ redriven: 0 })
      minutes(2)
      expect(await sweepNow()).toMatchObject({ redriven: 1 })
      await work()
      expect(annotationOf(photo)).toMatchObject({ status: 'succeeded' })
    },
  )

  it('deferred photos before they are due, with allDeferred', async () => {
    const photo = upload(png)
    const wrongKey = [fails('model-misconfigured')]
    await annotate(photo, scriptedModel({ describe: wrongKey, locate: wrongKey }))
    await claimAndDie({ ...photo, imageId: 'at-work' })
    expect(await sweepNow(SCHEDULED)).toMatchObject({ redriven: 0 })
    expect(await sweepNow({ ...SCHEDULED, allDeferred: true })).toMatchObject({ redriven: 1 })
    await work()
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded' })
  })

  it('50 uploads whose events were lost', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `users/alice/uploads/lost-${index}.png`)
    for (const name of names) put(name, new Date(0))
    expect(await sweepNow()).toMatchObject({ queued: 50, walked: true })
    await work()
    for (const name of names)
      expect(annotations.documents.get(imageIdOf('bucket', name))).toMatchObject({ status: 'succeeded' })
    expect(await sweepNow()).toMatchObject({ queued: 0, redriven: 0, removed: 0, deletedFiles: 0 })
  })

  it('an overwritten photo whose event was lost', async () => {
    const old = upload(png, '1')
    await annotate(old)
    const current = upload(png, '2')
    expect(await sweepNow()).toMatchObject({ queued: 1 })
    await work()
    expect(annotationOf(current)).toMatchObject({ generation: '2', status: 'succeeded' })
    expect(results().every((path) => path.startsWith(resultPaths(current).folder))).toBe(true)
  })

  it('a superseded photo if the event of the newer upload does not arrive', async () => {
    const photo = upload(png, '1')
    upload(png, '2')
    expect(await annotate(photo)).toMatchObject({ status: 'superseded' })
    minutes(16)
    expect(await sweepNow(SCHEDULED)).toMatchObject({ redriven: 1 })
    await work()
    expect(annotationOf(photo)).toMatchObject({ generation: '2', status: 'succeeded' })
  })

  it('no upload whose event may still arrive', async () => {
    upload(png)
    setCreated(NAME)
    minutes(14)
    expect(await sweepNow()).toMatchObject({ queued: 0 })
    minutes(2)
    expect(await sweepNow()).toMatchObject({ queued: 1 })
  })

  it('each photo once an hour, however many sweeps find it', async () => {
    upload(png)
    expect(await sweepNow()).toMatchObject({ queued: 1, known: 0 })
    expect(await sweepNow()).toMatchObject({ queued: 0, known: 1 })
    minutes(60)
    expect(await sweepNow()).toMatchObject({ queued: 1, known: 0 })
    await work()
    expect(script.requests).toHaveLength(2)
  })

  it('no photo with a final status', async () => {
    await annotate(upload(png))
    minutes(10_000)
    expect(await sweepNow()).toEqual({
      redriven: 0,
      queued: 0,
      known: 0,
      removed: 0,
      deletedFiles: 0,
      expired: 0,
      deletedCopies: 0,
      copiesLeft: 0,
      erased: 0,
      erasuresFailed: 0,
      notDeleted: 0,
      walked: true,
    })
  })
})

describe('sweep() removes', () => {
  it('documents and results of deleted photos whose event was lost', async () => {
    const photo = upload(png)
    await annotate(photo)
    photos.files.delete(NAME)
    expect(await sweepNow()).toMatchObject({ removed: 1 })
    expect(annotationOf(photo)).toMatchObject({ status: 'deleted' })
    expect(annotationOf(photo)).not.toHaveProperty('caption')
    expect(annotationOf(photo)).not.toHaveProperty('dueAt')
    expect(results()).toEqual([])
  })

  it('files without a reference, and keeps the others', async () => {
    const photo = upload(png)
    await annotate(photo)
    const { folder, home, detection } = resultPaths(photo)
    const kept = [...results(), detection('on-demand').overlay, 'users/alice/notes/1.txt']
    const stray = [`${folder}other-answer/masks/0.png`, `${folder}preview.jpg`, `${home}1/a/overlay.png`]
    const unknown = `users/bob/annotations/${'x'.repeat(43)}/5/a/overlay.png`
    for (const path of [...kept, ...stray, unknown]) put(path, new Date(0), '1')
    expect(await sweepNow()).toMatchObject({ deletedFiles: 4 })
    expect(results().toSorted()).toEqual(kept.toSorted())
  })

  it('no file that a worker may be about to reference, and no recent file', async () => {
    const photo = upload(png)
    await claimAndDie(photo)
    const path = resultPaths(photo).answer('mine').text
    put(path, new Date(0), '1')
    const young = `users/bob/annotations/${'x'.repeat(43)}/5/a/overlay.png`
    put(young, clock.now, '1')
    expect(await sweepNow()).toMatchObject({ deletedFiles: 0 })
    minutes(61)
    await work()
    expect(await sweepNow()).toMatchObject({ deletedFiles: 1, redriven: 1 })
    expect(results()).toEqual([path])
  })
})

describe('sweep() with a part that fails', () => {
  it('runs the other parts, and then throws the failure', async () => {
    upload(png)
    const noIndex = vi.spyOn(upkeep.annotations, 'due').mockRejectedValue(fails('storage-unavailable'))
    onTestFinished(() => noIndex.mockRestore())
    await expect(sweepNow()).rejects.toMatchObject({ code: 'storage-unavailable', message: 'scripted' })
    expect(upkeep.tasks.size).toBe(1)
  })

  it('throws an error with the first code and all failures', async () => {
    const failing = [
      vi.spyOn(upkeep.annotations, 'due').mockRejectedValue(fails('storage-unavailable')),
      vi.spyOn(upkeep.objects, 'list').mockRejectedValue(new Error('no such bucket')),
    ]
    onTestFinished(() => {
      for (const spy of failing) spy.mockRestore()
    })
    await expect(sweepNow()).rejects.toMatchObject({
      code: 'storage-unavailable',
      message: 'Cannot finish the sweep: 2 of its parts failed: scripted; no such bucket',
      cause: { errors: [{ code: 'storage-unavailable' }, { message: 'no such bucket' }] },
    })
  })
})
