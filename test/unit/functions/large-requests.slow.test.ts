import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { beforeEach, describe, expect, it } from 'vitest'
import { VisionError } from '../../../functions/src/errors.ts'
import { filesApi } from '../../../functions/src/model/gemini/files-api.ts'
import type { ModelRequest, RequestPart, VisionModel } from '../../../functions/src/ports/vision-model.ts'
import { memoryModelFiles } from '../../../functions/src/stores/memory/memory-model-files.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'
import { eventually } from '../../support/eventually.ts'
import { readStream } from '../../support/read-stream.ts'

const MB = 1_000_000
const HOUR = 60 * 60 * 1000

let clock: Date
const { url, model: emulatedModel, script, journal } = useEmulatedModel({ now: () => clock })
let records: ReturnType<typeof memoryModelFiles>
beforeEach(async () => {
  clock = new Date('2026-11-22T12:00:00Z')
  records = memoryModelFiles()
  await script({ match: { method: 'generateContent' }, reply: { text: 'Seen.' } })
  await script({ match: { method: 'streamGenerateContent' }, reply: { text: 'Seen.' } })
})

/** Another instance with the same records. */
function model(): VisionModel {
  const client = {
    provider: { name: 'gemini-api', apiKey: () => 'any' },
    timeoutMs: 10_000,
    baseUrl: url(),
    retry: { attempts: 3, firstWaitMs: 1, maxWaitMs: 100 },
  } as const
  return emulatedModel({ ...client, files: { records, uploads: filesApi(client), now: () => clock } })
}

/** A unique image of noise with `megabytes` MB. */
async function noise(megabytes: number): Promise<RequestPart> {
  const side = Math.round(Math.sqrt((megabytes * MB) / 3))
  const raw = { width: side, height: side, channels: 3 } as const
  const data = await sharp(randomBytes(side * side * 3), { raw })
    .png({ compressionLevel: 0 })
    .toBuffer()
  return { image: { mimeType: 'image/png', data } }
}

/** Together slightly too large. */
const [image, other] = [await noise(7.8), await noise(7.7)]
/** Fits into a request beside any other. */
const small = await noise(0.5)

const ask = (images: RequestPart[], owner?: string | null): ModelRequest => ({
  model: 'gemini-3.8-flash',
  systemInstruction: 'Rules.',
  parts: [...images, { text: 'What is this?' }],
  thinking: 'least',
  maxOutputTokens: 1000,
  ...(owner !== undefined && { owner }),
})

/** Images below 8 MiB take two requests: to start, and to send the bytes. */
const uploads = async () => (await journal()).filter(({ method }) => method === 'upload').length / 2

/** How the images were sent, by request. */
const sources = async () =>
  (await journal()).flatMap(({ method, images }) =>
    method.endsWith('Content') && images ? [images.map(({ source }) => source)] : [],
  )

const deleteFiles = async () => {
  const headers = { 'x-goog-api-key': 'any' }
  const response = await fetch(`${url()}/v1/files?pageSize=100`, { headers })
  const { files } = (await response.json()) as { files: { name: string }[] }
  for (const { name } of files) await fetch(`${url()}/v1/${name}`, { method: 'DELETE', headers })
}

describe('a request with more images than fit', () => {
  it('sends the largest as files until the rest fits, and the second time uploads none', async () => {
    const images = [await noise(7), await noise(13), await noise(6.9), await noise(13.1)]
    expect(await model().generate(ask(images, 'alice'))).toMatchObject({ text: 'Seen.' })
    expect(await model().generate(ask(images, 'alice'))).toMatchObject({ text: 'Seen.' })
    const expected = ['inlineData', 'fileData', 'inlineData', 'fileData']
    expect(await sources()).toEqual([expected, expected])
    // Two uploads: to start, and in two pieces beyond 8 MiB.
    expect((await journal()).filter(({ method }) => method === 'upload')).toHaveLength(6)
    expect(records.files.size).toBe(2)
  })

  it('also reuses the files of small images', async () => {
    const images = await Promise.all(Array.from({ length: 24 }, async () => noise(0.9)))
    await model().generate(ask(images, 'alice'))
    expect(records.files.size).toBe(8)
    await model().generate(ask(images, 'alice'))
    expect(await uploads()).toBe(8)
  })

  it('does the same for a stream', async () => {
    const texts: string[] = []
    await readStream(model().stream(ask([await noise(16)], 'alice')), (text) => texts.push(text))
    expect(texts).toEqual(['Seen.'])
    expect(await sources()).toEqual([['fileData']])
  })

  it('uploads an image once that occurs three times', async () => {
    await model().generate(ask([image, image, image], 'alice'))
    expect(await uploads()).toBe(1)
    expect(await sources()).toEqual([['fileData', 'fileData', 'fileData']])
  })
})

describe('an image whose file still exists', () => {
  const upload = async (owner?: string | null) => {
    await model().generate(ask([image, other], owner))
    expect(await uploads()).toBe(1)
  }

  it('is sent as a file, even if it would fit inline', async () => {
    await upload('alice')
    await model().generate(ask([image, small], 'alice'))
    expect(await sources()).toEqual([
      ['fileData', 'inlineData'],
      ['fileData', 'inlineData'],
    ])
    expect(await uploads()).toBe(1)
  })

  it('is sent inline if it is the only image, without a search for its file', async () => {
    await upload('alice')
    await model().generate(ask([image], 'alice'))
    expect((await sources())[1]).toEqual(['inlineData'])
  })

  it.each(['bob', null, undefined])('is not used for another owner: %s', async (owner) => {
    await upload('alice')
    await model().generate(ask([image, small], owner))
    expect((await sources())[1]).toEqual(['inlineData', 'inlineData'])
    await model().generate(ask([image, other], owner))
    expect(await uploads()).toBe(2)
  })

  it.each([null, undefined])('is not reused for the owner %s', async (owner) => {
    await upload(owner)
    await model().generate(ask([image, other], owner))
    expect(await uploads()).toBe(2)
    expect(records.files.size).toBe(0)
  })

  it('is used until its file is about to expire', async () => {
    await upload('alice')
    clock = new Date(clock.getTime() + 46.9 * HOUR)
    await model().generate(ask([image, small], 'alice'))
    clock = new Date(clock.getTime() + 0.2 * HOUR)
    await model().generate(ask([image, small], 'alice'))
    expect((await sources()).slice(1)).toEqual([
      ['fileData', 'inlineData'],
      ['inlineData', 'inlineData'],
    ])
    await model().generate(ask([image, other], 'alice'))
    expect(await uploads()).toBe(2)
    expect(await model().generate(ask([image, small], 'alice'))).toMatchObject({ text: 'Seen.' })
    expect((await sources()).at(-1)).toEqual(['fileData', 'inlineData'])
  })
})

it('a small image is also sent as its file while that exists', async () => {
  const images = await Promise.all(Array.from({ length: 32 }, async (_, i) => noise(0.5 + i / 1000)))
  await model().generate(ask(images, 'alice'))
  const largest = images.at(-1)!
  await model().generate(ask([largest, images[0]!], 'alice'))
  expect((await sources()).at(-1)).toEqual(['fileData', 'inlineData'])
})

describe('a file that was deleted before it expired', () => {
  const images = [image, other]

  it('is uploaded again, without an error', async () => {
    await model().generate(ask(images, 'alice'))
    await deleteFiles()
    expect(await model().generate(ask(images, 'alice'))).toMatchObject({ text: 'Seen.' })
    expect(await uploads()).toBe(2)
    expect(await model().generate(ask(images, 'alice'))).toMatchObject({ text: 'Seen.' })
    expect(await uploads()).toBe(2)
  })

  it('is uploaded again for a stream', async () => {
    await model().generate(ask(images, 'alice'))
    await deleteFiles()
    const texts: string[] = []
    await readStream(model().stream(ask(images, 'alice')), (text) => texts.push(text))
    expect(texts).toEqual(['Seen.'])
  })

  it('is uploaded again once', async () => {
    const message = 'You do not have permission to access the File abc or it may not exist.'
    const body = { error: { code: 403, status: 'PERMISSION_DENIED', message } }
    await fetch(`${url()}/emulator/v1/scripts`, { method: 'DELETE' })
    await script({ match: { method: 'generateContent' }, reply: { status: 403, body } })
    await expect(model().generate(ask(images, 'alice'))).rejects.toMatchObject({
      code: 'model-misconfigured',
    })
    expect(await uploads()).toBe(2)
    expect(await sources()).toHaveLength(2)
  })

  it('is not uploaded again when the request fails for another reason', async () => {
    await fetch(`${url()}/emulator/v1/scripts`, { method: 'DELETE' })
    const body = {
      error: { code: 400, status: 'INVALID_ARGUMENT', message: 'Unable to process input image.' },
    }
    await script({ match: { method: 'generateContent' }, reply: { status: 400, body } })
    await expect(model().generate(ask(images, 'alice'))).rejects.toMatchObject({
      code: 'model-refused-image',
    })
    expect(await uploads()).toBe(1)
    expect(records.files.size).toBe(1)
  })
})

describe('an upload', () => {
  const request = () => ask([image, other], 'alice')

  it('is done once for concurrent requests', async () => {
    const instance = model()
    await Promise.all([instance.generate(request()), instance.generate(request())])
    expect(await uploads()).toBe(1)
  })

  it('of two concurrent instances leaves one file to use, and one to delete', async () => {
    await Promise.all([model().generate(request()), model().generate(request())])
    expect(await uploads()).toBe(2)
    expect([...records.files.values()].filter(({ toDelete }) => toDelete)).toHaveLength(1)
    expect(records.files.size).toBe(2)
    await model().generate(request())
    expect(await uploads()).toBe(2)
  })

  it.each(['alice', null])('of %s is not repeated by a request without time to wait', async (owner) => {
    await script({ match: { method: 'upload' }, reply: { status: 503 } })
    const asking = model().generate({ ...ask([image, other], owner), maxWaitMs: 0 })
    await expect(asking).rejects.toMatchObject({ code: 'model-unavailable' })
    expect(await journal()).toMatchObject([{ method: 'upload' }])
  })

  it('ends with the last request that waits for it', async () => {
    await script({ match: { method: 'upload' }, times: 1, reply: { fault: 'hang' } })
    const left = new VisionError('cancelled', 'The client went away')
    const [first, second] = [new AbortController(), new AbortController()]
    const instance = model()
    const answers = [instance.generate(request(), first.signal), instance.generate(request(), second.signal)]
    await eventually(async () => expect(await journal()).toHaveLength(1))
    first.abort(left)
    await expect(answers[0]).rejects.toBe(left)
    expect((await journal())[0]).not.toHaveProperty('aborted')
    second.abort(left)
    await expect(answers[1]).rejects.toBe(left)
    await eventually(async () => expect(await journal()).toMatchObject([{ method: 'upload', aborted: true }]))
    // A new request does not join an aborted upload.
    expect(await instance.generate(request())).toMatchObject({ text: 'Seen.' })
  })
})
