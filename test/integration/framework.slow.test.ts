import { randomUUID } from 'node:crypto'
import { getAuth } from 'firebase/auth'
import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getFirestore } from 'firebase-admin/firestore'
import { getStorage } from 'firebase-admin/storage'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { PATIENCE_MS, PROJECT, signIn, type User } from '../support/app.ts'
import { buildFunctions, startFunction } from '../support/framework-server.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'

/** The emulated functions have no trigger for this bucket, so only the framework receives its events. */
const BUCKET = `framework-${randomUUID()}.appspot.com`
const SCENE = { ...OWN_SHAPES, width: OWN_SHAPES.width + 7 }
const env = {
  ...process.env,
  NODE_ENV: 'production',
  FIREBASE_CONFIG: JSON.stringify({ projectId: PROJECT, storageBucket: BUCKET }),
  // Tokens of the Auth emulator have no signature.
  FIREBASE_DEBUG_MODE: 'true',
  FIREBASE_DEBUG_FEATURES: '{"skipTokenVerification":true}',
  RESTRICTED_TOKENS_PER_DAY: '1000000',
  RESTRICTED_PROJECT_PERCENT: '100',
}

const admin = initializeApp({ projectId: PROJECT }, 'framework')
let user: User
let png: Buffer
let functions: Awaited<ReturnType<typeof buildFunctions>>
type Server = Awaited<ReturnType<typeof startFunction>>
let uploads: Server
let calls: Server

beforeAll(async () => {
  user = await signIn()
  await gemini.reset()
  png = (await drawScene(SCENE)).png
  functions = await buildFunctions()
  const common = { folder: functions.folder, heap: 1024, env }
  uploads = await startFunction({
    ...common,
    functionName: 'onImageUploaded',
    signature: 'cloudevent',
    env: { ...env, FUNCTION_TARGET: 'onImageUploaded' },
  })
  calls = await startFunction({
    ...common,
    functionName: 'answerQuestion',
    signature: 'http',
    env: { ...env, FUNCTION_TARGET: 'answerQuestion' },
  })
})
afterAll(async () => {
  await gemini.reset()
  await Promise.all([uploads?.stop(), calls?.stop(), user.close(), deleteApp(admin)])
  functions?.remove()
})

async function sendEvent(name: string, generation: string): Promise<number> {
  const response = await fetch(uploads.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': randomUUID(),
      'ce-type': 'google.cloud.storage.object.v1.finalized',
      'ce-source': `//storage.googleapis.com/projects/_/buckets/${BUCKET}`,
      'ce-subject': `objects/${name}`,
      'ce-bucket': BUCKET,
      'ce-time': new Date().toISOString(),
    },
    body: JSON.stringify({
      bucket: BUCKET,
      name,
      generation,
      contentType: 'image/png',
      size: `${png.length}`,
    }),
  })
  return response.status
}

async function call(headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  const token = await getAuth(user.app).currentUser!.getIdToken()
  const images = { inlineData: { mimeType: 'image/png', data: png.toString('base64') } }
  return fetch(calls.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify({ data: { images, question: 'What is in the picture?' } }),
    ...(signal && { signal }),
  })
}

it('an event annotates a photo, and a repeated event changes nothing', async () => {
  const name = `users/${user.uid}/uploads/framework.png`
  const file = getStorage(admin).bucket(BUCKET).file(name)
  await file.save(png, { contentType: 'image/png', resumable: false })
  const [{ generation }] = await file.getMetadata()
  const document = getFirestore(admin).doc(`images/${imageIdOf(BUCKET, name)}`)

  expect(await sendEvent(name, String(generation))).toBe(204)
  const first = await document.get()
  expect(first.data()).toMatchObject({ status: 'succeeded', attempts: 1 })
  const requests = (await gemini.requests(SCENE)).length

  expect(await sendEvent(name, String(generation))).toBe(204)
  const second = await document.get()
  expect(second.updateTime).toEqual(first.updateTime)
  expect(await gemini.requests(SCENE)).toHaveLength(requests)
})

it('a call returns its result, and a stream its pieces', async () => {
  const response = await call()
  expect(await response.json()).toMatchObject({ result: { answer: expect.any(String) } })
  const stream = await (await call({ accept: 'text/event-stream' })).text()
  expect(stream).toMatch(/^data: \{"message":\{"text":/m)
  expect(stream).toMatch(/^data: \{"result":/m)
})

it('a client that leaves ends its call, and the instance serves the next one', async () => {
  await gemini.script({
    match: { imageSize: { width: SCENE.width, height: SCENE.height } },
    times: 1,
    reply: { delayMs: 60_000 },
  })
  const before = (await gemini.requests(SCENE)).length
  const controller = new AbortController()
  const left = call({}, controller.signal).catch((error: Error) => error.name)
  await vi.waitFor(async () => expect((await gemini.requests(SCENE)).length).toBeGreaterThan(before), {
    timeout: PATIENCE_MS,
  })
  controller.abort()
  expect(await left).toBe('AbortError')
  await vi.waitFor(() => expect(calls.lines.join('\n')).toContain('"code":"cancelled"'), {
    timeout: PATIENCE_MS,
  })
  expect((await call()).status).toBe(200)
})
