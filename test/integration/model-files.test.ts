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

const file = (uri: string) => ({ uri, expiresAt: new Date('2026-11-24T12:00:00.123Z') })

describe.each([
  ['firestoreModelFiles()', () => firestoreModelFiles(firestore)],
  ['memoryModelFiles()', () => memoryModelFiles()],
] satisfies [string, () => ModelFileStore][])('%s', (_, create) => {
  const store = create()

  it('get() returns a file until remove()', async () => {
    const key = randomUUID()
    expect(await store.get(key)).toBeUndefined()
    await store.put(key, file('files/a'))
    expect(await store.get(key)).toEqual(file('files/a'))
    await store.remove(key)
    expect(await store.get(key)).toBeUndefined()
    await store.remove(key)
  })

  it('put() of several files at the same time keeps one of them', async () => {
    const key = randomUUID()
    const files = Array.from({ length: 6 }, (__, i) => file(`files/${i}`))
    await Promise.all(files.map(async (one) => store.put(key, one)))
    expect(files).toContainEqual(await store.get(key))
  })
})

it('generate() sends a large image to Vertex AI as an object of Cloud Storage', async () => {
  const { png } = await drawScene(OWN_SHAPES)
  // Decoders ignore the bytes after the end of the picture.
  const data = Buffer.concat([png, Buffer.alloc(16_000_000)])
  const owner = `model-files-${process.pid}`
  const records = memoryModelFiles()
  const model = createGenaiModel({
    provider: { name: 'vertex-ai', project: PROJECT, location: 'global' },
    timeoutMs: 20_000,
    baseUrl: emulator('GEMINI_EMULATOR_HOST').url,
    files: { records, uploads: cloudStorageModelUploads(new Storage({ projectId: PROJECT }), 'model-files') },
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
})
