import { beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import type { Annotation, Photo } from '../../../functions/src/document/annotation.ts'
import { annotateQueued } from '../../../functions/src/maintenance/annotate-queued.ts'
import { sweep } from '../../../functions/src/maintenance/sweep.ts'
import { annotateImage } from '../../../functions/src/pipeline/annotate-image.ts'
import { documentOfVersion1, readByVersion1, tombstoneReadByVersion1 } from '../../support/documents-v1.ts'
import {
  annotate,
  annotationOf,
  annotations,
  clock,
  fails,
  photos,
  png,
  results,
  services,
  upkeep,
  upload,
} from '../../support/photo-run.ts'
import { OBJECTS, scriptedModel } from '../../support/vision.ts'

const CONFIG = readConfig({})

let script: ReturnType<typeof scriptedModel>
let photo: Photo
beforeEach(() => {
  script = scriptedModel()
  photo = upload(png)
})

/** Puts a document of version 1 and its files in place of those of the upload. */
function restore(name: Parameters<typeof documentOfVersion1>[0]): Annotation {
  const { document, files } = documentOfVersion1(name)
  annotations.documents.set(photo.imageId, document)
  for (const [path, { contentType, base64 }] of Object.entries(files))
    photos.files.set(path, { bytes: Buffer.from(base64, 'base64'), contentType, generation: '1' })
  return document
}

const sweepNow = async () => sweep(services(script.model), CONFIG, { walk: 'now', budgetMs: 60_000 })

async function work(): Promise<void> {
  for (const [, task] of upkeep.tasks) await annotateQueued(task, services(script.model), CONFIG)
}

const askedTasks = () => script.requests.map(({ task }) => task)

describe('a document of version 1', () => {
  it('is resumed after its worker died, without repeating the step that succeeded', async () => {
    const { caption } = restore('interrupted')
    expect(await sweepNow()).toMatchObject({ redriven: 0 })
    clock.now = new Date(clock.now.getTime() + 7 * 60_000)
    expect(await sweepNow()).toMatchObject({ redriven: 1, queued: 0, deletedFiles: 0 })
    await work()
    expect(askedTasks()).toEqual(['locate'])
    expect(annotationOf(photo)).toMatchObject({
      schemaVersion: 2,
      status: 'succeeded',
      caption,
      crashes: 1,
      attempts: 2,
      usage: { calls: 2 },
      image: { decoded: true },
      thumbnail: { width: 80, height: 60 },
    })
  })

  it('is resumed when its deferral is over', async () => {
    restore('deferred')
    clock.now = new Date(clock.now.getTime() + 11 * 60_000)
    expect(await sweepNow()).toMatchObject({ redriven: 1 })
    await work()
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', attempts: 1 })
    expect(annotationOf(photo)).not.toHaveProperty('nextAttemptAt')
  })

  it('gets its missing step when a caller runs it again', async () => {
    const { usage } = restore('partial')
    await annotateImage(photo, services(script.model), CONFIG, { again: 'unless-succeeded' })
    expect(askedTasks()).toEqual(['locate'])
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', usage: { calls: usage!.calls + 1 } })
  })

  it('is left alone by events and by the sweep once it has succeeded', async () => {
    const before = structuredClone(restore('succeeded'))
    const files = results()
    expect(before.objects![0]!.mask!.polygon).toHaveLength(120)
    expect(await annotate(photo, script)).toEqual({ ended: 'skipped', reason: 'duplicate' })
    expect(await sweepNow()).toMatchObject({ redriven: 0, queued: 0, removed: 0, deletedFiles: 0 })
    expect(annotationOf(photo)).toEqual(before)
    expect(results()).toEqual(files)
  })

  it('becomes one of version 2 when it is annotated again, and keeps its objects until then', async () => {
    restore('succeeded')
    const failed = scriptedModel({ locate: [fails('answer-stopped')] })
    await annotateImage(photo, services(failed.model), CONFIG, { again: 'always' })
    expect(annotationOf(photo)).toMatchObject({ schemaVersion: 1, status: 'partial' })
    expect(annotationOf(photo)!.objects![0]!.mask!.polygon).toHaveLength(120)
    await annotateImage(photo, services(script.model), CONFIG, { again: 'unless-succeeded' })
    expect(annotationOf(photo)).toMatchObject({ schemaVersion: 2, status: 'succeeded' })
    expect(annotationOf(photo)!.objects![0]!.mask!.polygon).toHaveLength(8)
  })
})

describe('a document of version 2 has what version 1 reads', () => {
  const model = (replies: Parameters<typeof scriptedModel>[0]) => scriptedModel(replies)
  const refused = [fails('blocked-safety')]

  it.each([
    ['succeeded', 'succeeded', model({})],
    ['partial', 'skipped', model({ locate: refused })],
    ['blocked', 'skipped', model({ describe: refused, locate: refused })],
    [
      'deferred',
      'pending',
      model({ describe: [fails('model-misconfigured')], locate: [fails('model-misconfigured')] }),
    ],
  ])('when it is %s, with a draw step that is %s', async (status, draw, answers) => {
    await annotate(photo, answers)
    const document = annotationOf(photo)!
    expect(document).toMatchObject({
      schemaVersion: 2,
      status,
      steps: { draw: { state: draw } },
      thumbnail: { width: 80 },
    })
    expect(() => readByVersion1.parse(document)).not.toThrow()
  })

  it('while it is processing, after it was rejected or deleted, and without sharpness', async () => {
    const parsed: string[] = []
    const check = () => parsed.push(readByVersion1.parse(annotationOf(photo)).status)
    const reply = async () => check() && OBJECTS
    await annotate(photo, model({ locate: [reply] }))
    const { sharpness: _, blurred: __, ...image } = annotationOf(photo)!.image!
    Object.assign(annotationOf(photo)!, { image: { ...image, decoded: false } })
    check()
    await annotations.remove(photo, clock.now)
    parsed.push(tombstoneReadByVersion1.parse(annotationOf(photo)).status)
    photo = upload(Buffer.from('no picture'), '1700000000000002')
    await annotate(photo)
    check()
    expect(parsed).toEqual(['processing', 'succeeded', 'deleted', 'rejected'])
  })

  it('and the schema rejects a document that lacks a field or has a state that version 1 does not know', async () => {
    await annotate(photo)
    const { lease: _, ...leaseless } = annotationOf(photo)!
    expect(readByVersion1.safeParse(leaseless).success).toBe(false)
    const document = annotationOf(photo)!
    const steps = { ...document.steps, locate: { state: 'skipped' } }
    expect(readByVersion1.safeParse({ ...document, steps }).success).toBe(false)
  })
})
