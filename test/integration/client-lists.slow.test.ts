import { createFiresight, type FiresightError, type StoredPhoto } from '@firesight/client'
import { deleteApp, initializeApp } from 'firebase/app'
import { getAuth } from 'firebase/auth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allPhotos } from '../../docs/examples/list.ts'
import { writeAnnotations } from '../support/admin.ts'
import { BUCKET, PROJECT } from '../support/app.ts'
import { clientEmulators, signInFiresight } from '../support/firesight-client.ts'
import { type GivenPhoto, storedPhoto } from '../support/stored-photos.ts'

type User = Awaited<ReturnType<typeof signInFiresight>>

const errorOf = async (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    () => expect.unreachable('it succeeded'),
    (error: FiresightError) => error,
  )

describe('the client library: listPhotos() and watchNewest()', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second))
  const idsOf = (photos: readonly StoredPhoto[]) => photos.map(({ imageId }) => imageId)
  let owner: User
  let other: User
  let stored: GivenPhoto[]
  let expected: string[]
  beforeAll(async () => {
    ;[owner, other] = await Promise.all([signInFiresight(), signInFiresight()])
    // Three of them have the same time, so the order of their ids decides.
    stored = [0, 1, 2, 2, 2, 3, 4].map((second, index) =>
      storedPhoto(owner.uid, {
        createdAt: at(second),
        ...(index % 2 === 0 && { labels: ['cat', 'animal'] }),
        ...(index === 5 && { status: 'failed' }),
      }),
    )
    const { labels: _, ...rest } = storedPhoto(owner.uid).annotation
    const deleted = { imageId: storedPhoto(owner.uid).imageId, annotation: { ...rest, status: 'deleted' } }
    const foreign = storedPhoto(other.uid, { createdAt: at(9), labels: ['cat'] })
    await writeAnnotations([...stored, deleted, foreign])
    expected = idsOf(stored.toSorted((a, b) => order(b) - order(a) || (b.imageId > a.imageId ? 1 : -1)))
  })
  afterAll(async () => Promise.all([owner.close(), other.close()]))
  const order = ({ annotation: { createdAt } }: GivenPhoto) => createdAt.getTime()

  it('listPhotos() reads every photo of the user once, whatever the size of a page', async () => {
    for (const limit of [1, 3, 7, 100]) {
      const found: StoredPhoto[] = []
      for (let page: StoredPhoto[] = []; found.length === 0 || page.length === limit; found.push(...page))
        page = await owner.firesight.listPhotos({ limit, after: found.at(-1) })
      expect(idsOf(found)).toEqual(expected)
    }
  })

  it('listPhotos() reads the photos with a label, also with capital letters', async () => {
    const cats = new Set(idsOf(stored.filter(({ annotation: { labels } }) => labels)))
    const wanted = expected.filter((id) => cats.has(id))
    expect(idsOf(await owner.firesight.listPhotos({ label: ' Cat ' }))).toEqual(wanted)
    const [first] = await owner.firesight.listPhotos({ label: 'animal', limit: 1 })
    expect(idsOf(await owner.firesight.listPhotos({ label: 'animal', after: first }))).toEqual(
      wanted.slice(1),
    )
    expect(await owner.firesight.listPhotos({ label: 'dog' })).toEqual([])
    const all: StoredPhoto[] = []
    for await (const found of allPhotos(owner.firesight, 'cat')) all.push(found)
    expect(idsOf(all)).toEqual(wanted)
  })

  it('watchNewest() reports a photo when it receives the label', async () => {
    const seen: string[][] = []
    const stop = owner.firesight.watchNewest((photos) => seen.push(idsOf(photos)), { label: 'bicycle' })
    await expect.poll(() => seen.at(-1)).toEqual([])
    const { imageId, annotation: given } = stored[1]!
    await writeAnnotations([{ imageId, annotation: { ...given, labels: ['bicycle'] } }])
    await expect.poll(() => seen.at(-1)).toEqual([imageId])
    stop()
  })

  it('listPhotos() needs a signed-in user', async () => {
    const app = initializeApp({ projectId: PROJECT, apiKey: 'fake', storageBucket: BUCKET }, 'list')
    const firesight = createFiresight({ app, auth: getAuth(app), emulators: clientEmulators() })
    expect(await errorOf(firesight.listPhotos())).toMatchObject({ code: 'unauthenticated' })
    await deleteApp(app)
  })
})
