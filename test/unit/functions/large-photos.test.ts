import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { filesApi } from '../../../functions/src/model/gemini/files-api.ts'
import { annotateImage, removeAnnotation } from '../../../functions/src/pipeline/annotate-image.ts'
import { memoryModelFiles } from '../../../functions/src/stores/memory/memory-model-files.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'
import { annotationOf, services, upload } from '../../support/photo-run.ts'
import { DESCRIPTION, OBJECTS } from '../../support/vision.ts'

const { url, model, script, journal } = useEmulatedModel()

it('annotateImage() uploads a photo of more than 20 MB at full resolution as a file, once for both steps, until the photo is deleted', async () => {
  const [width, height] = [6400, 4400]
  const raw = { width, height, channels: 3 } as const
  const photo = upload(
    await sharp(randomBytes(width * height * 3), { raw })
      .jpeg({ quality: 60 })
      .toBuffer(),
  )
  expect(photo.sizeBytes).toBeLessThan(20 * 1024 * 1024)
  await script({ match: { textIncludes: 'You describe' }, reply: { text: JSON.stringify(DESCRIPTION) } })
  await script({ match: { textIncludes: 'You find' }, reply: { text: JSON.stringify(OBJECTS) } })
  const client = {
    provider: { name: 'gemini-api', apiKey: () => 'any' },
    timeoutMs: 20_000,
    baseUrl: url(),
  } as const
  await script({ match: { method: 'upload' }, times: 1, reply: { status: 503 } })
  // The pause takes 20 ms, varied by half.
  const uploader = filesApi({ ...client, retry: { attempts: 2, firstWaitMs: 10, maxWaitMs: 1000 } })
  const modelFiles = { records: memoryModelFiles(), uploads: uploader }
  const vision = model({ ...client, files: modelFiles })
  const run = { ...services(vision), modelFiles }

  await annotateImage(photo, run, readConfig({ FULL_RESOLUTION: 'true' }))

  expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', caption: DESCRIPTION.caption })
  expect(annotationOf(photo)?.objects).toHaveLength(1)
  expect(annotationOf(photo)?.timingsMs?.modelRetryWait).toBeGreaterThanOrEqual(9)
  const requests = await journal()
  const asked = requests.filter(({ method }) => method === 'generateContent')
  expect(asked.map(({ images }) => images)).toEqual(
    Array.from({ length: 2 }, () => [expect.objectContaining({ source: 'fileData', width, height })]),
  )
  const { bytes } = asked[0]!.images![0]!
  expect(bytes).toBeGreaterThan(15_000_000)
  // One upload: its start, which failed once, and parts of 8 MiB.
  const uploads = requests.filter(({ method }) => method === 'upload')
  expect(uploads).toHaveLength(2 + Math.ceil(bytes / (8 * 1024 * 1024)))

  const files = async () => {
    const response = await fetch(`${url()}/v1/files?key=any`)
    return ((await response.json()) as { files?: unknown[] }).files
  }
  expect(await files()).toHaveLength(1)
  const { imageId, generation } = photo
  expect([...modelFiles.records.files.values()]).toMatchObject([
    { owner: 'alice', photo: { imageId, generation } },
  ])
  expect(await removeAnnotation(photo, run)).toEqual({ deleted: 1, left: 0 })
  expect(await files()).toEqual([])
  expect(modelFiles.records.files.size).toBe(0)
})
