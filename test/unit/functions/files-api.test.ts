import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { VisionError } from '../../../functions/src/errors.ts'
import { filesApi } from '../../../functions/src/model/gemini/files-api.ts'
import type { ModelImage } from '../../../functions/src/ports/model-files.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'
import { eventually } from '../../support/eventually.ts'
import { drawScene, FOUR_SHAPES } from '../../support/scene.ts'

const { png } = await drawScene(FOUR_SHAPES)
const imageOf = (data: Buffer): ModelImage => {
  const sha256 = createHash('sha256').update(data).digest('hex')
  return { owner: 'alice', sha256, mimeType: 'image/png', data }
}

const uploadsOf = (url: string, { totalMs = 2000, firstRetryMs = 1 } = {}) =>
  filesApi(
    {
      provider: { name: 'gemini-api', apiKey: () => 'any' },
      timeoutMs: 60_000,
      baseUrl: url,
      retry: { attempts: 3, firstWaitMs: firstRetryMs, maxWaitMs: 100 },
    },
    { firstWaitMs: 10, maxWaitMs: 40, totalMs },
  )

describe('filesApi()', () => {
  const { url, script, journal } = useEmulatedModel({ now: () => new Date('2026-11-22T12:00:00Z') })
  const methods = async () => (await journal()).map(({ method }) => method)

  it('returns the address and the expiry of the file', async () => {
    expect(await uploadsOf(url()).upload(imageOf(png))).toEqual({
      uri: expect.stringMatching(/\/v1\/files\/[0-9a-f]+$/) as unknown,
      expiresAt: new Date('2026-11-24T12:00:00Z'),
    })
  })

  it.each([[{ fault: 'reset' as const }], [{ status: 503 }]])('uploads again after %j', async (reply) => {
    await script({ match: { method: 'upload' }, times: 1, reply })
    expect(await uploadsOf(url()).upload(imageOf(png))).toHaveProperty('uri')
    expect(await methods()).toEqual(['upload', 'upload', 'upload'])
  })

  it.each([
    ['is not held up for longer than the request may be', { maxWaitMs: 5000 }],
    ['is not begun anew when no time is left for that', { timeLeftMs: () => 5000 }],
  ])('%s', async (_, patience) => {
    await script({ match: { method: 'upload' }, reply: { status: 503 } })
    const waits: number[] = []
    const uploads = filesApi({
      provider: { name: 'gemini-api', apiKey: () => 'any' },
      timeoutMs: 60_000,
      baseUrl: url(),
      pacing: { sleep: async (ms) => void waits.push(ms), random: () => 0.5 },
    })
    const upload = uploads.upload(imageOf(png), undefined, patience)
    await expect(upload).rejects.toMatchObject({ code: 'model-unavailable' })
    expect(waits).toEqual([2000])
  })

  it('reports its pauses before another attempt', async () => {
    await script({ match: { method: 'upload' }, times: 1, reply: { status: 503 } })
    const pauses: number[] = []
    const waited = (ms: number) => void pauses.push(ms)
    // A timer may fire a millisecond early, and shorter pauses are not reported.
    await uploadsOf(url(), { firstRetryMs: 10 }).upload(imageOf(png), undefined, { waited })
    expect(pauses).toEqual([expect.any(Number)])
  })

  it('repeats an upload whose processing failed, once', async () => {
    await expect(uploadsOf(url()).upload(imageOf(Buffer.from('no picture')))).rejects.toMatchObject({
      code: 'model-refused-image',
    })
    expect(await methods()).toEqual(['upload', 'upload', 'upload', 'upload'])
  })

  it('uses the second upload of a file whose processing failed', async () => {
    const headers = (status: string) => ({
      'x-goog-upload-status': status,
      'x-goog-upload-url': `${url()}/upload/v1/files?upload_id=scripted`,
    })
    await script({ match: { method: 'upload' }, times: 1, reply: { body: {}, headers: headers('active') } })
    const file = { name: 'files/failed', uri: 'failed', state: 'FAILED' }
    await script({
      match: { method: 'upload' },
      times: 1,
      reply: { body: { file }, headers: headers('final') },
    })
    const { uri } = await uploadsOf(url()).upload(imageOf(png))
    expect(uri).not.toBe('failed')
    expect(await methods()).toEqual(['upload', 'upload', 'upload', 'upload'])
  })

  it('fails for a file of another shape', async () => {
    const headers = {
      'x-goog-upload-status': 'final',
      'x-goog-upload-url': `${url()}/upload/v1/files?upload_id=x`,
    }
    await script({ match: { method: 'upload' }, reply: { body: { file: { name: 7 } }, headers } })
    await expect(uploadsOf(url()).upload(imageOf(png))).rejects.toMatchObject({ code: 'model-unavailable' })
  })

  it('ends the upload with its signal, at once and with the reason', async () => {
    await script({ match: { method: 'upload' }, reply: { fault: 'hang' } })
    const caller = new AbortController()
    const upload = uploadsOf(url()).upload(imageOf(png), caller.signal)
    await eventually(async () => expect(await journal()).toHaveLength(1))
    const left = new VisionError('cancelled', 'The client went away')
    caller.abort(left)
    await expect(upload).rejects.toBe(left)
    await eventually(async () => expect(await journal()).toMatchObject([{ aborted: true }]))
  })
})

describe('filesApi().remove()', () => {
  const { url, script } = useEmulatedModel()
  const filesOf = async () => {
    const response = await fetch(`${url()}/v1/files?key=any`)
    return ((await response.json()) as { files?: { name: string }[] }).files ?? []
  }

  it('deletes a file, and accepts that it does not exist any more', async () => {
    const uploads = uploadsOf(url())
    const { uri } = await uploads.upload(imageOf(png))
    const { uri: other } = await uploads.upload(imageOf(png))
    await uploads.remove(uri)
    await uploads.remove(uri)
    expect(await filesOf()).toEqual([expect.objectContaining({ uri: other })])
  })

  it.each([
    [{ status: 503 }, 'model-unavailable'],
    [
      { status: 403, body: { error: { code: 403, message: 'Your API key was reported as leaked.' } } },
      'model-misconfigured',
    ],
  ])('fails if the service answers %j, since the file may still exist', async (reply, code) => {
    await script({ match: { method: 'deleteFile' }, reply })
    await expect(uploadsOf(url()).remove(`${url()}/v1beta/files/abc`)).rejects.toMatchObject({ code })
  })

  it('fails for a URI that is not of the Files API', async () => {
    await expect(uploadsOf(url()).remove('gs://bucket/object.jpg')).rejects.toThrow(/not of the Files API/)
  })
})

describe('a file that is being processed', () => {
  const { url, journal } = useEmulatedModel({ fileProcessingMs: 100 })

  it('is polled until it is ready', async () => {
    await uploadsOf(url()).upload(imageOf(png))
    const asked = (await journal()).filter(({ method }) => method === 'getFile')
    expect(asked.length).toBeGreaterThan(1)
  })
})

describe('a file that is never ready', () => {
  const { url, journal } = useEmulatedModel({ fileProcessingMs: 3_600_000 })

  it('fails after the polling time', async () => {
    await expect(uploadsOf(url(), { totalMs: 100 }).upload(imageOf(png))).rejects.toMatchObject({
      code: 'model-unavailable',
    })
    expect((await journal()).filter(({ method }) => method === 'getFile').length).toBeGreaterThan(1)
  })
})
