// Prints how many milliseconds a new process takes until it sends the first model request of its first photo.
// Runs the bundle with its real adapters: Cloud Storage, Firebase Authentication and Gemini are a local server,
// and Firestore answers at the methods of its client. COLD_PHOTO: the input, see cold-photo.ts.
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import { registerHooks } from 'node:module'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type * as Sdk from 'firebase-admin/firestore'
import type { ColdPhoto } from '../cold-photo.ts'

const input: ColdPhoto = JSON.parse(process.env.COLD_PHOTO!)
const { index, firestore, preloaded, photoFile, bucket, latencies } = input
const photo = readFileSync(photoFile)
const GENERATION = '1700000000000001'

/** Called when a model request arrives. */
let onModelRequest: () => void = () => undefined

type Reply = { json?: object; bytes?: Buffer; headers?: OutgoingHttpHeaders }

async function respond({ url = '', method }: IncomingMessage): Promise<Reply> {
  if (url.includes('accounts:lookup')) {
    await sleep(latencies.read)
    const user = { localId: 'alice', email: 'a@example.com', emailVerified: true }
    return { json: { users: [{ ...user, providerUserInfo: [{ providerId: 'google.com', rawId: '1' }] }] } }
  }
  if (url.includes(':generateContent')) onModelRequest()
  if (method === 'GET' && url.includes('alt=media')) {
    await sleep(latencies.download)
    return { bytes: photo, headers: { 'x-goog-generation': GENERATION, 'content-type': 'image/jpeg' } }
  }
  return { json: { name: 'result', bucket, generation: GENERATION, size: String(photo.length) } }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume()
  const { json, bytes, headers } = await respond(request)
  response.writeHead(200, headers ?? { 'content-type': 'application/json' })
  response.end(bytes ?? JSON.stringify(json))
}

const server = createServer((request, response) => void answer(request, response))
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
process.env.STORAGE_EMULATOR_HOST = `http://${host}`
process.env.FIREBASE_AUTH_EMULATOR_HOST = host
process.env.GEMINI_EMULATOR_HOST = host

type Reference = { path: string }
type Fields = Record<string, unknown>

/** Lets Firestore answer from memory after its latency, as soon as the functions have loaded it. */
function answerFromMemory({ Firestore, DocumentReference, Query, WriteBatch, Timestamp }: typeof Sdk): void {
  const documents = new Map<string, Fields>()
  const stored = (value: unknown): unknown => {
    if (value instanceof Date) return Timestamp.fromDate(value)
    if (Array.isArray(value)) return value.map(stored)
    if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
      return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stored(inner)]))
  }
  const snapshotOf = (reference: Reference) => {
    const data = documents.get(reference.path)
    return { exists: !!data, ref: reference, data: () => data, get: (field: string) => data?.[field] }
  }
  const write = ({ path }: Reference, data: Fields) => {
    documents.set(path, { ...documents.get(path), ...(stored(data) as Fields) })
  }
  const transaction = {
    get: async (reference: Reference) => snapshotOf(reference),
    getAll: async (...references: Reference[]) => references.map(snapshotOf),
    set: write,
    create: write,
    update: write,
    delete: ({ path }: Reference) => documents.delete(path),
  }
  const replace = (of: { prototype: object }, methods: object) => Object.assign(of.prototype, methods)
  replace(Firestore, {
    runTransaction: async (run: (given: typeof transaction) => Promise<unknown>) => {
      await sleep(latencies.read)
      const result = await run(transaction)
      await sleep(latencies.commit)
      return result
    },
    getAll: async (...references: Reference[]) => {
      await sleep(latencies.read)
      return references.map(snapshotOf)
    },
  })
  replace(DocumentReference, {
    async get(this: Reference) {
      await sleep(latencies.read)
      return snapshotOf(this)
    },
  })
  replace(Query, {
    aggregate: () => ({
      get: async () => {
        await sleep(latencies.read)
        return { data: () => ({ tokens: 0, restrictedTokens: 0 }) }
      },
    }),
  })
  replace(WriteBatch, {
    commit: async () => {
      await sleep(latencies.commit)
      return []
    },
  })
}
Object.assign(globalThis, { answerFromMemory })

const PATCHED = '?answers-from-memory'
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context)
    if (resolved.url !== firestore || context.parentURL?.endsWith(PATCHED)) return resolved
    return { url: firestore + PATCHED, format: 'module', shortCircuit: true }
  },
  load(url, context, next) {
    if (!url.endsWith(PATCHED)) return next(url, context)
    const source = `
      export * from ${JSON.stringify(firestore)}
      import * as sdk from ${JSON.stringify(firestore)}
      globalThis.answerFromMemory(sdk)`
    return { format: 'module', source, shortCircuit: true }
  },
})

const output: (text: string) => void = process.stdout.write.bind(process.stdout)
// The log lines of the functions.
process.stdout.write = () => true
for (const module of preloaded) await import(module)
const started = performance.now()
onModelRequest = () => {
  output(String(performance.now() - started))
  process.exit(0)
}
const { onImageUploaded }: typeof import('../../functions/src/index.ts') = await import(index)
const data = { bucket, name: 'users/alice/uploads/1.jpg', generation: GENERATION, contentType: 'image/jpeg' }
const event = { id: '1', time: new Date().toISOString(), data: { ...data, size: String(photo.length) } }
await onImageUploaded.run(event as unknown as Parameters<typeof onImageUploaded.run>[0])
throw new Error('The photo has ended without a model request')
