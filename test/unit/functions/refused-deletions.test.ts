import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { handleSweepNow } from '../../../functions/src/callables/operators.ts'
import { imageIdOf, resultPaths } from '../../../functions/src/document/storage-paths.ts'
import { StorageRefusal } from '../../../functions/src/errors.ts'
import { replaceServices } from '../../../functions/src/services.ts'
import { memoryAccounts } from '../../../functions/src/stores/memory/memory-accounts.ts'
import { handleSweep } from '../../../functions/src/triggers/run-sweep.ts'
import {
  annotate,
  annotationOf,
  clock,
  fails,
  NAME,
  photos,
  png,
  services,
  upkeep,
  upload,
} from '../../support/photo-run.ts'
import { FULL, hours, put, SCHEDULED, setCreated, sweepWith } from '../../support/sweep-run.ts'
import { scriptedModel } from '../../support/vision.ts'

// Before the imports: the logger keeps the console that it finds when it is imported.
const logged = vi.hoisted(() => {
  const lines: string[] = []
  for (const method of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((line: unknown) => void lines.push(String(line)))
  return lines
})

const REASON = 'Cannot delete an object: Cloud Storage failed with 403 objectUnderActiveHold'

/** Refuses to delete the objects with these names, until the end of the test or of the hold. */
function hold(isHeld: (name: string) => boolean): { release: () => void } {
  const { remove } = upkeep.objects
  const spy = vi.spyOn(upkeep.objects, 'remove').mockImplementation(async (bucket, object) => {
    if (isHeld(object.name)) throw new StorageRefusal(REASON)
    return remove(bucket, object)
  })
  const release = () => spy.mockRestore()
  onTestFinished(release)
  return { release }
}

/** Refuses to delete the results of this photo. */
function holdResults(imageId: string): void {
  const { deleteResults } = photos
  photos.deleteResults = async (photo, which) => {
    if (photo.imageId === imageId) throw new StorageRefusal(REASON)
    return deleteResults(photo, which)
  }
}

const ORPHAN = 'x'.repeat(43)
const orphan = (user: string, index = 0) => `users/${user}/annotations/${ORPHAN}/5/a/masks/${index}.png`
const refused = { kind: 'results', imageId: ORPHAN, generation: '5', reason: REASON }

describe('an orphan with a hold', () => {
  const users = ['alice', 'bob', 'carol']
  beforeEach(() => {
    for (const user of users) put(orphan(user), new Date(0))
  })

  it('is reported, does not stop the full scan, and is deleted by the next one after the hold', async () => {
    const { release } = hold((name) => name.includes('/bob/'))
    const report = await sweepWith(FULL)
    expect(report).toMatchObject({ deletedFiles: 2, notDeleted: 1, refused: [refused], walked: true })
    expect(upkeep.values.get('firesightUpkeep/sweep')).toMatchObject({ completed: clock.now })
    release()
    const next = await sweepWith(FULL)
    expect(next).toMatchObject({ deletedFiles: 1, notDeleted: 0, walked: true })
    expect(next).not.toHaveProperty('refused')
  })

  it('does not stop the daily scan, whose watermark advances', async () => {
    await sweepWith(FULL)
    hours(23)
    for (const user of users) put(orphan(user))
    hours(2)
    hold((name) => name.includes('/bob/'))
    expect(await sweepWith(SCHEDULED)).toMatchObject({ deletedFiles: 2, notDeleted: 1, scanned: true })
    expect(upkeep.values.get('firesightUpkeep/daily')).toMatchObject({ completed: clock.now })
  })

  it('is described up to 20 times, and counted always', async () => {
    for (let index = 1; index <= 24; index++) put(orphan('bob', index), new Date(0))
    hold((name) => name.includes('/bob/'))
    const report = await sweepWith(FULL)
    expect(report).toMatchObject({ deletedFiles: 2, notDeleted: 25 })
    expect(report.refused).toHaveLength(20)
  })

  it('is in the error of a sweep with a part that fails', async () => {
    hold((name) => name.includes('/bob/'))
    const noIndex = vi.spyOn(upkeep.annotations, 'due').mockRejectedValue(fails('storage-unavailable'))
    onTestFinished(() => noIndex.mockRestore())
    await expect(sweepWith(FULL)).rejects.toMatchObject({
      code: 'storage-unavailable',
      message: expect.stringContaining(`scripted; Cloud Storage refused 1 deletions: results of ${ORPHAN}`),
    })
  })

  it('is not an orphan that could not be deleted because Cloud Storage is down', async () => {
    const down = vi.spyOn(upkeep.objects, 'remove').mockRejectedValueOnce(fails('storage-unavailable'))
    onTestFinished(() => down.mockRestore())
    await expect(sweepWith(FULL)).rejects.toMatchObject({ code: 'storage-unavailable' })
    expect(await sweepWith(SCHEDULED)).toMatchObject({ deletedFiles: 3, notDeleted: 0, walked: true })
  })
})

describe('an upload older than RETENTION_DAYS', () => {
  const variables = { RETENTION_DAYS: '30' }
  const other = 'users/bob/uploads/other.png'
  beforeEach(async () => {
    await annotate(upload(png, '7'))
    setCreated(NAME, new Date(0))
    put(other, new Date(0))
  })

  it('with a hold is reported, and the others are deleted', async () => {
    hold((name) => name === NAME)
    const imageId = imageIdOf('bucket', NAME)
    expect(await sweepWith(FULL, { variables })).toMatchObject({
      expired: 1,
      queued: 0,
      notDeleted: 1,
      refused: [{ kind: 'upload', imageId, generation: '7', reason: REASON }],
      walked: true,
    })
    expect([...photos.files.keys()]).toEqual([NAME])
  })

  it('whose results have a hold is reported, and stays until they can be deleted', async () => {
    holdResults(imageIdOf('bucket', NAME))
    expect(await sweepWith(FULL, { variables })).toMatchObject({
      expired: 1,
      notDeleted: 1,
      refused: [{ kind: 'results' }],
      walked: true,
    })
    expect(photos.files.has(NAME)).toBe(true)
    expect(photos.files.has(other)).toBe(false)
  })
})

it('a deleted photo whose results have a hold does not stop the full scan', async () => {
  const photo = upload(png)
  await annotate(photo)
  photos.files.delete(NAME)
  holdResults(photo.imageId)
  hold((name) => name.startsWith(resultPaths(photo).home))
  for (const name of photos.files.keys()) setCreated(name)
  expect(await sweepWith(FULL)).toMatchObject({
    removed: 0,
    notDeleted: 1,
    refused: [{ kind: 'results', imageId: photo.imageId, generation: photo.generation, reason: REASON }],
    walked: true,
  })
  expect(annotationOf(photo)).toMatchObject({ status: 'deleted' })
})

describe('a sweep with a refused deletion', () => {
  beforeEach(() => {
    logged.length = 0
    const operator = { class: 'verified', disabled: false, isOperator: true, tokensValidAfter: new Date(0) }
    const accounts = memoryAccounts()
    accounts.accounts.set('operator', operator as never)
    replaceServices({ ...services(scriptedModel().model), accounts })
    put(orphan('bob'), new Date(0))
    hold(() => true)
  })
  afterEach(() => replaceServices(undefined))

  const ended = () => logged.find((line) => line.includes('sweep ended')) ?? 'no line'

  it('fails after it has logged the photo and the reason, if it was scheduled', async () => {
    await expect(handleSweep()).rejects.toThrow(
      `Cloud Storage refused 1 deletions: results of ${ORPHAN}, generation 5: ${REASON}`,
    )
    expect(JSON.parse(ended())).toMatchObject({ notDeleted: 1, refused: [refused], walked: true })
    expect(ended()).not.toContain('bob')
  })

  it('returns the photo and the reason to an operator', async () => {
    const token = { firesightOperator: true, auth_time: clock.now.getTime() / 1000 }
    const call = { data: {}, auth: { uid: 'operator', token } }
    expect(await handleSweepNow(call as never)).toMatchObject({ notDeleted: 1, refused: [refused] })
    expect(JSON.parse(ended())).toMatchObject({ notDeleted: 1 })
  })
})
