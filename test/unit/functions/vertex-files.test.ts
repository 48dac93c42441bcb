import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { IdempotencyStrategy, Storage } from '@google-cloud/storage'
import sharp from 'sharp'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { RequestPart } from '../../../functions/src/ports/vision-model.ts'
import { cloudStorageModelUploads } from '../../../functions/src/stores/cloud-storage/cloud-storage-model-uploads.ts'
import { memoryModelFiles } from '../../../functions/src/stores/memory/memory-model-files.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'

/*
 * The part of Cloud Storage's JSON API that writes and reads an object.
 * https://cloud.google.com/storage/docs/json_api/v1/objects/insert, 2026-11.
 */

// The library prefers the emulator to a configured endpoint.
delete process.env.STORAGE_EMULATOR_HOST

type Stored = { metadata: Record<string, string>; bytes: Buffer }
const objects = new Map<string, Stored>()
let failWith: number | undefined
const cloudStorage = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    if (failWith !== undefined) {
      response
        .writeHead(failWith, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: { code: failWith, message: 'secret' } }))
    } else if (request.method === 'POST') {
      const stored = readMultipart(Buffer.concat(chunks), String(request.headers['content-type']))
      objects.set(`/storage/v1${pathname.slice(pathname.indexOf('/b/'))}/${searchParams.get('name')}`, stored)
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(stored.metadata))
    } else {
      const stored = objects.get(decodeURIComponent(pathname))
      if (stored) response.writeHead(200, { 'content-type': stored.metadata.contentType }).end(stored.bytes)
      else response.writeHead(404).end()
    }
  })
})
await new Promise<void>((resolve) => void cloudStorage.listen(0, '127.0.0.1', resolve))
const host = `127.0.0.1:${(cloudStorage.address() as AddressInfo).port}`
afterAll(() => void cloudStorage.close())

/** Metadata as JSON, then the bytes. */
function readMultipart(body: Buffer, contentType: string): Stored {
  const boundary = `--${/boundary=([^;]+)/.exec(contentType)![1]}`
  const second = body.indexOf(boundary, boundary.length)
  const metadata = body.subarray(body.indexOf('\r\n\r\n') + 4, second).toString()
  const end = body.lastIndexOf(boundary)
  const bytes = body.subarray(body.indexOf('\r\n\r\n', second) + 4, end - 2)
  return { metadata: JSON.parse(metadata) as Record<string, string>, bytes }
}

const NOW = new Date('2026-11-22T12:00:00Z')
const storage = new Storage({
  projectId: 'demo-firesight',
  apiEndpoint: `http://${host}`,
  useAuthWithCustomEndpoint: false,
  retryOptions: { idempotencyStrategy: IdempotencyStrategy.RetryAlways, maxRetries: 0 },
})
const uploads = cloudStorageModelUploads(storage, 'results', () => NOW)

const { model, script, journal } = useEmulatedModel({ storageHost: host })
const records = memoryModelFiles()
const vertexModel = () =>
  model({
    provider: { name: 'vertex-ai', project: 'demo-firesight', location: 'global' },
    files: { records, uploads, now: () => NOW },
  })

const side = 2300
const raw = { width: side, height: side, channels: 3 } as const
const data = await sharp(randomBytes(side * side * 3), { raw })
  .png({ compressionLevel: 0 })
  .toBuffer()
const image: RequestPart = { image: { mimeType: 'image/png', data } }
const request = {
  model: 'gemini-3.8-flash',
  systemInstruction: 'Rules.',
  parts: [image, { text: 'What is this?' }],
  thinking: 'least' as const,
  maxOutputTokens: 1000,
  owner: 'alice',
}

beforeEach(async () => {
  objects.clear()
  records.files.clear()
  failWith = undefined
  await script({ reply: { text: 'Seen.' } })
})

describe('a request with too large an image for Vertex AI', () => {
  it('refers to an object in Cloud Storage, written once', async () => {
    expect(await vertexModel().generate(request)).toMatchObject({ text: 'Seen.' })
    expect(await vertexModel().generate(request)).toMatchObject({ text: 'Seen.' })
    const [[path, stored], ...others] = [...objects] as [[string, Stored]]
    expect(path).toMatch(/^\/storage\/v1\/b\/results\/o\/users\/alice\/model-inputs\/[0-9a-f]{64}\.png$/)
    expect(stored).toMatchObject({ metadata: { contentType: 'image/png', customTime: NOW.toISOString() } })
    expect(stored.bytes.equals(data)).toBe(true)
    expect(others).toEqual([])
    const fileUri = path.replace('/storage/v1/b/results/o/', 'gs://results/')
    expect((await journal()).map(({ images }) => images)).toMatchObject([[{ fileUri }], [{ fileUri }]])
  })

  it('writes the object again when it was deleted', async () => {
    await vertexModel().generate(request)
    objects.clear()
    expect(await vertexModel().generate(request)).toMatchObject({ text: 'Seen.' })
    expect(objects.size).toBe(1)
  })

  it('writes it for every request without an owner, outside the folders of users', async () => {
    await vertexModel().generate({ ...request, owner: null })
    expect([...objects.keys()]).toEqual([expect.stringMatching(/\/o\/model-inputs\/[0-9a-f]{64}\.png$/)])
    expect(records.files.size).toBe(0)
  })
})

describe('cloudStorageModelUploads()', () => {
  it("keeps the service's messages out of errors", async () => {
    failWith = 403
    const upload = uploads.upload({ owner: 'alice', sha256: 'abc', mimeType: 'image/jpeg', data })
    await expect(upload).rejects.toThrow(
      /^Cannot store an image for the model: Cloud Storage failed with 403$/,
    )
  })

  it('returns an expiry of 48 hours', async () => {
    const file = await uploads.upload({ owner: 'alice', sha256: 'abc', mimeType: 'image/jpeg', data })
    expect(file).toEqual({
      uri: 'gs://results/users/alice/model-inputs/abc.jpg',
      expiresAt: new Date('2026-11-24T12:00:00Z'),
    })
  })
})
