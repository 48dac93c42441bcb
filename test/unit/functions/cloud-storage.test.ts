import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { IdempotencyStrategy, Storage } from '@google-cloud/storage'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Photo } from '../../../functions/src/document/annotation.ts'
import { resultPaths } from '../../../functions/src/document/storage-paths.ts'
import { StorageRefusal } from '../../../functions/src/errors.ts'
import type { PhotoStore } from '../../../functions/src/ports/photo-store.ts'
import { cloudStoragePhotos } from '../../../functions/src/stores/cloud-storage/cloud-storage-photos.ts'

/*
 * What the Storage emulator cannot show: failures, and preconditions that are kept. The answers are those of
 * the JSON API, https://cloud.google.com/storage/docs/json_api/v1, 2026-11.
 */

const NAME = 'users/alice/uploads/secret name.jpg'
const photo: Photo = {
  imageId: 'id',
  owner: 'alice',
  bucket: 'bucket',
  name: NAME,
  generation: '2',
  contentType: 'image/jpeg',
  sizeBytes: 5,
}

// The library prefers the emulator to any endpoint that it is given.
delete process.env.STORAGE_EMULATOR_HOST

let server: Server
let storage: Storage
let photos: PhotoStore
let requests: string[]
let respond: (request: string, response: ServerResponse) => void

beforeEach(async () => {
  requests = []
  server = createServer((request: IncomingMessage, response) => {
    request.resume().on('end', () => {
      const line = `${request.method} ${decodeURIComponent(request.url ?? '')}`
      requests.push(line)
      respond(line, response)
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  storage = new Storage({
    projectId: 'demo-firesight',
    apiEndpoint: `http://127.0.0.1:${port}`,
    useAuthWithCustomEndpoint: false,
    retryOptions: { idempotencyStrategy: IdempotencyStrategy.RetryAlways },
  })
  photos = cloudStoragePhotos(storage, '')
})
afterEach(() => new Promise((resolve) => void server.close(resolve)))

const json = (response: ServerResponse, status: number, body: object) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const failure = (response: ServerResponse, status: number) =>
  json(response, status, {
    error: { code: status, message: `No access to b/${NAME}`, errors: [{ reason: 'backendError' }] },
  })

/** A bucket that holds the photo at a generation; undefined for none. */
function holding(generation: () => string | undefined, size = 5): typeof respond {
  return (request, response) => {
    const live = generation()
    const asked = /generation=(\d+)/.exec(request)?.[1]
    if (!live || (asked && asked !== live)) return failure(response, 404)
    if (request.includes('alt=media'))
      return void response.writeHead(200, { 'x-goog-generation': live }).end('bytes')
    json(response, 200, { name: NAME, bucket: 'bucket', generation: live, size: String(size) })
  }
}

describe('cloudStoragePhotos()', () => {
  it('reads exactly the generation of the event', async () => {
    respond = holding(() => '2')
    expect((await photos.readUpload(photo, 100)).toString()).toBe('bytes')
    expect(requests).toHaveLength(2)
    expect(requests).toContainEqual(expect.stringMatching(/generation=2.*alt=media|alt=media.*generation=2/))
  })

  it.each([
    ['was deleted', 'object-gone', undefined],
    ['was replaced', 'object-superseded', '3'],
  ])('does not use a version of the photo that the bucket keeps after it %s', async (_, code, live) => {
    respond = (request, response) =>
      holding(() => (request.includes('alt=media') ? '2' : live))(request, response)
    await expect(photos.readUpload(photo, 100)).rejects.toMatchObject({ code })
  })

  it('reads the live generation with one request', async () => {
    const object = { bucket: 'bucket', name: NAME, owner: 'alice' }
    respond = holding(() => '3')
    const live = await photos.readLive(object, 100)
    expect(live).toMatchObject({ photo: { ...object, generation: '3', sizeBytes: 5 } })
    expect(live!.bytes.toString()).toBe('bytes')
    expect(requests).toHaveLength(1)
    await expect(photos.readLive(object, 4)).rejects.toMatchObject({ code: 'file-too-large' })
    respond = holding(() => undefined)
    expect(await photos.readLive(object, 100)).toBeUndefined()
  })

  it('looks the live generation up if the response does not say which it is', async () => {
    respond = (request, response) =>
      request.includes('alt=media') && !request.includes('generation=')
        ? void response.writeHead(200).end('other')
        : holding(() => '3')(request, response)
    const live = await photos.readLive({ bucket: 'bucket', name: NAME, owner: 'alice' }, 100)
    expect([live?.photo.generation, live?.bytes.toString()]).toEqual(['3', 'bytes'])
  })

  it('reads and writes without a warning about listeners', async () => {
    const warnings: string[] = []
    const collect = ({ message }: Error) => warnings.push(message)
    process.on('warning', collect)
    onTestFinished(() => void process.off('warning', collect))
    respond = (request, response) =>
      request.includes('alt=media')
        ? void response.writeHead(200).end(Buffer.alloc(1_000_000))
        : holding(() => '2')(request, response)
    await photos.readUpload(photo, 1_000_000)
    await photos.readResult(photo, resultPaths(photo).preview)
    await photos.writeResult(photo, resultPaths(photo).preview, Buffer.from('png'), 'image/png')
    await setImmediate() // Warnings are emitted in the next tick.
    expect(warnings).toEqual([])
  })

  it.each([
    ['gone', 'object-gone', () => undefined],
    ['overwritten', 'object-superseded', () => '3'],
  ])('reports that the object is %s', async (_, code, generation) => {
    respond = holding(generation)
    await expect(photos.readUpload(photo, 100)).rejects.toMatchObject({ code })
  })

  it.each([
    ['another generation', { 'x-goog-generation': '3' }],
    ['no generation', {}],
  ])('looks the object up again if the response has %s', async (_, headers) => {
    respond = (request, response) =>
      request.includes('alt=media')
        ? void response.writeHead(200, headers).end('bytes')
        : holding(() => '3')(request, response)
    await expect(photos.readUpload(photo, 100)).rejects.toMatchObject({ code: 'object-superseded' })
  })

  it('rejects an object that is too large or empty without a request', async () => {
    respond = holding(() => '2')
    const read = async (sizeBytes: number) => photos.readUpload({ ...photo, sizeBytes }, 100)
    await expect(read(101)).rejects.toMatchObject({ code: 'file-too-large' })
    await expect(read(0)).rejects.toMatchObject({ code: 'empty-file' })
    expect(requests).toEqual([])
  })

  it('stops at MAX_IMAGE_BYTES if the object is larger than the event says', async () => {
    respond = (request, response) =>
      request.includes('alt=media')
        ? void response.writeHead(200, { 'x-goog-generation': '2' }).write(Buffer.alloc(101))
        : holding(() => '2')(request, response)
    await expect(photos.readUpload(photo, 100)).rejects.toMatchObject({ code: 'file-too-large' })
  })

  it('retries a write after a failure of the service', async () => {
    respond = (_, response) =>
      requests.length === 1 ? failure(response, 503) : json(response, 200, { name: 'x' })
    await photos.writeResult(photo, resultPaths(photo).preview, Buffer.from('png'), 'image/png')
    expect(requests).toHaveLength(2)
  })

  it('ends a write without an answer as a transient failure', async () => {
    respond = () => undefined
    storage.retryOptions.maxRetries = 0
    const write = cloudStoragePhotos(storage, '', undefined, 100).writeResult(
      photo,
      resultPaths(photo).preview,
      Buffer.from('png'),
      'image/png',
    )
    await expect(write).rejects.toMatchObject({ code: 'storage-unavailable', retryable: true })
    server.closeAllConnections()
  })

  it('returns undefined for a missing result', async () => {
    respond = (_, response) => failure(response, 404)
    expect(await photos.readResult(photo, resultPaths(photo).answer('none').text)).toBeUndefined()
  })

  it('deletes the results of older generations, or also of this one, and never of a newer one', async () => {
    const { home } = resultPaths(photo)
    const names = ['1/overlay.png', '1/masks/0.png', '2/overlay.png', '10/overlay.png', 'notes.txt'].map(
      (name) => home + name,
    )
    respond = (request, response) =>
      request.startsWith('GET')
        ? json(response, 200, { items: names.map((name) => ({ name })) })
        : failure(response, 404)
    const deleted = () =>
      requests.filter((line) => line.startsWith('DELETE')).map((line) => line.split('/o/')[1]?.split('?')[0])

    await photos.deleteResults(photo, 'older')
    expect(new Set(deleted())).toEqual(new Set([`${home}1/masks/0.png`, `${home}1/overlay.png`]))
    requests = []
    // The other event of an overwrite has already deleted them: 404 is a success.
    await photos.deleteResults(photo, 'older-and-this')
    expect(deleted()).toContain(`${home}2/overlay.png`)
    expect(deleted()).not.toContain(`${home}10/overlay.png`)
  })

  it('deletes the other results if one has a hold, and then throws the reason of the service', async () => {
    const { home } = resultPaths(photo)
    const names = ['1/a/overlay.png', '1/b/overlay.png'].map((name) => home + name)
    respond = (request, response) => {
      if (request.startsWith('GET')) return json(response, 200, { items: names.map((name) => ({ name })) })
      if (request.includes(names[1]!)) return json(response, 204, {})
      json(response, 403, {
        error: {
          code: 403,
          message: `Object '${names[0]}' is under active Temporary hold`,
          errors: [{ reason: 'objectUnderActiveHold' }],
        },
      })
    }
    const error = await photos.deleteResults(photo, 'older').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StorageRefusal)
    expect(error).toMatchObject({
      message: 'Cannot delete a result of id: Cloud Storage failed with 403 objectUnderActiveHold',
    })
    expect(requests.filter((line) => line.startsWith('DELETE'))).toHaveLength(2)
  })

  it('puts no object name into errors', async () => {
    respond = (_, response) => failure(response, 403)
    const error = await photos.readUpload(photo, 100).catch((reason: unknown) => reason)
    expect(String((error as Error).stack)).not.toContain('secret')
    expect(error).toMatchObject({ message: 'Cannot find id: Cloud Storage failed with 403 backendError' })
    expect(error).not.toHaveProperty('cause')
  })
})
