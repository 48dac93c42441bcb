import { randomUUID } from 'node:crypto'
import { Storage } from '@google-cloud/storage'
import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getFirestore } from 'firebase-admin/firestore'
import { afterAll, describe, expect, it } from 'vitest'
import { createGenaiModel } from '../../functions/src/model/gemini/genai-model.ts'
import type { ModelFileStore } from '../../functions/src/ports/model-files.ts'
import { cloudStorageModelUploads } from '../../functions/src/stores/cloud-storage/cloud-storage-model-uploads.ts'
import { firestoreModelFiles } from '../../functions/src/stores/firestore/firestore-model-files.ts'
import { memoryModelFiles } from '../../functions/src/stores/memory/memory-model-files.ts'
import { emulator, PROJECT } from '../support/app.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'

const app = initializeApp({ projectId: PROJECT }, 'model-files')
const firestore = getFirestore(app)
afterAll(() => deleteApp(app))

const expiresAt = new Date('2026-11-24T12:00:00.123Z')
const file = (uri: string, owner = 'alice', imageId = 'ball') => ({
  uri,
  expiresAt,
  owner,
  photo: { imageId, generation: '1' },
})

describe.each([
  ['firestoreModelFiles()', () => firestoreModelFiles(firestore)],
  ['memoryModelFiles()', () => memoryModelFiles()],
] satisfies [string, () => ModelFileStore][])('%s', (_, create) => {
  const store = create()

  it('get() returns a file until remove()', async () => {
    const key = randomUUID()
    expect(await store.get(key)).toBeUndefined()
    await store.put(key, file('files/a'))
    expect(await store.get(key)).toEqual({ uri: 'files/a', expiresAt })
    await store.remove({ key, uri: 'files/b' })
    expect(await store.get(key)).toEqual({ uri: 'files/a', expiresAt })
    await store.remove({ key, uri: 'files/a' })
    expect(await store.get(key)).toBeUndefined()
    await store.remove({ key, uri: 'files/a' })
  })

  it('put() of several files at the same time keeps one of them, and marks the others to delete', async () => {
    const [key, owner] = [randomUUID(), randomUUID()]
    const files = Array.from({ length: 3 }, (__, i) => file(`files/${i}`, owner))
    await Promise.all(files.map(async (one) => store.put(key, one)))
    const kept = await store.get(key)
    expect(files).toContainEqual({ ...file('', owner), ...kept })
    const records = await store.ofOwner(owner, 100)
    expect(records.map(({ uri }) => uri).toSorted()).toEqual(files.map(({ uri }) => uri))
    expect(records.filter(({ toDelete }) => !toDelete).map(({ uri }) => uri)).toEqual([kept!.uri])
  })

  it('ofOwner() and ofPhoto() list the records, also those that are marked to delete', async () => {
    const [owner, imageId, a, b] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
    await store.put(a, file('files/a', owner, imageId))
    await store.put(b, { ...file('files/b', owner), photo: null })
    await store.markToDelete({ key: a, uri: 'files/other' })
    await store.markToDelete({ key: b, uri: 'files/b' })
    const known = { ...file('files/a', owner, imageId), key: a, toDelete: false }
    const marked = { ...file('files/b', owner), photo: null, key: b, toDelete: true }
    expect(await store.ofPhoto(imageId, 10)).toEqual([known])
    expect(await store.ofOwner(owner, 10)).toEqual(expect.arrayContaining([known, marked]))
    expect(await store.ofOwner(owner, 1)).toHaveLength(1)
    expect(await store.get(b)).toBeUndefined()
    expect(await store.marked(1000)).toContainEqual(marked)
    expect(await store.marked(1000)).not.toContainEqual(expect.objectContaining({ key: a }))
  })

  it('after() lists the records in the order of their keys', async () => {
    const id = randomUUID()
    await store.put(`${id}-2`, file('files/b'))
    await store.put(`${id}-1`, file('files/a'))
    expect((await store.after(id, 2)).map(({ key }) => key)).toEqual([`${id}-1`, `${id}-2`])
    expect((await store.after(`${id}-1`, 1)).map(({ key }) => key)).toEqual([`${id}-2`])
    expect(await store.after(undefined, 1)).toHaveLength(1)
  })
})

it('firestoreModelFiles() reads a record of an earlier version, which has no owner', async () => {
  const key = randomUUID()
  await firestore.doc(`firesightModelFiles/${key}`).set({ uri: 'files/old', expireAt: expiresAt })
  expect(await firestoreModelFiles(firestore).get(key)).toEqual({ uri: 'files/old', expiresAt })
})

it('generate() sends a large image to Vertex AI as an object of Cloud Storage', async () => {
  const { png } = await drawScene(OWN_SHAPES)
  // Decoders ignore the bytes after the end of the picture.
  const data = Buffer.concat([png, Buffer.alloc(16_000_000)])
  const owner = `model-files-${process.pid}`
  const records = memoryModelFiles()
  const uploads = cloudStorageModelUploads(new Storage({ projectId: PROJECT }), 'model-files')
  const model = createGenaiModel({
    provider: { name: 'vertex-ai', project: PROJECT, location: 'global' },
    timeoutMs: 20_000,
    baseUrl: emulator('GEMINI_EMULATOR_HOST').url,
    files: { records, uploads },
  })
  const answer = await model.generate({
    model: 'gemini-3.8-flash',
    systemInstruction: 'Rules.',
    parts: [{ image: { mimeType: 'image/png', data } }, { text: 'Caption this image.' }],
    thinking: 'least',
    maxOutputTokens: 1000,
    owner,
  })
  expect(answer.text).toMatch(/red circle/)
  const [{ uri }] = [...records.files.values()] as unknown as [{ uri: string }]
  expect(uri).toMatch(new RegExp(`^gs://model-files/users/${owner}/model-inputs/[0-9a-f]{64}\\.png$`))
  const object = new Storage({ projectId: PROJECT })
    .bucket('model-files')
    .file(uri.slice('gs://model-files/'.length))
  expect(await object.exists()).toEqual([true])
  await uploads.remove(uri)
  expect(await object.exists()).toEqual([false])
  await uploads.remove(uri)
})
