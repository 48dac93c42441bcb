import { setTimeout as sleep } from 'node:timers/promises'
import sharp from 'sharp'
import { describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { resultPaths } from '../../../functions/src/document/storage-paths.ts'
import type { PreparedImage } from '../../../functions/src/image/prepare.ts'
import { thumbnailOf } from '../../../functions/src/image/thumbnail.ts'
import { annotateImage } from '../../../functions/src/pipeline/annotate-image.ts'
import { eventually } from '../../support/eventually.ts'
import { randomFrom } from '../../support/masks.ts'
import {
  annotate,
  annotationOf,
  fails,
  photos,
  png,
  remove,
  results,
  services,
  upload,
} from '../../support/photo-run.ts'
import { DESCRIPTION, OBJECTS, scriptedModel } from '../../support/vision.ts'

async function copyOf(width: number, height: number, isNoise = false): Promise<PreparedImage> {
  const random = randomFrom(7)
  const pixels = Buffer.alloc(width * height * 3, 90)
  if (isNoise) for (let i = 0; i < pixels.length; i++) pixels[i] = random() * 256
  const data = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer()
  return { data, mimeType: 'image/jpeg', width, height }
}

describe('thumbnailOf()', () => {
  it.each([
    ['a landscape copy', 1536, 1024, 320, 213],
    ['a portrait copy', 1152, 1536, 240, 320],
    ['a small copy, which is not enlarged', 80, 60, 80, 60],
    ['a line', 1536, 2, 320, 1],
  ])('fits %s into 320 pixels', async (_, width, height, expectedWidth, expectedHeight) => {
    const thumbnail = await thumbnailOf(await copyOf(width, height))
    expect(thumbnail).toMatchObject({ width: expectedWidth, height: expectedHeight })
    expect(await sharp(thumbnail!.jpeg).metadata()).toMatchObject({
      format: 'jpeg',
      width: expectedWidth,
      height: expectedHeight,
    })
  })

  it('lowers the quality of noise until it has at most 20 kB', async () => {
    const { jpeg } = (await thumbnailOf(await copyOf(320, 320, true)))!
    expect(jpeg.length).toBeLessThanOrEqual(20_000)
    // Not lower than necessary.
    expect(jpeg.length).toBeGreaterThan(5000)
  })

  it('makes none of a copy that is no JPEG', async () => {
    expect(
      await thumbnailOf({ data: Buffer.from('heic'), mimeType: 'image/heic', width: 9, height: 9 }),
    ).toBe(undefined)
  })
})

describe('annotateImage() stores a thumbnail', () => {
  it('while the model works, and adds it to the document with the first result', async () => {
    const photo = upload(png)
    const { thumbnail: path } = resultPaths(photo)
    const stored = async () => eventually(() => expect(results()).toContain(path))
    const added = async () =>
      eventually(() =>
        expect(annotationOf(photo)).toMatchObject({
          status: 'processing',
          caption: DESCRIPTION.caption,
          thumbnail: { path, width: 80, height: 60 },
        }),
      )
    const script = scriptedModel({
      describe: [async () => stored().then(() => DESCRIPTION)],
      locate: [async () => added().then(() => OBJECTS)],
    })
    expect(await annotate(photo, script)).toMatchObject({ status: 'succeeded' })
    expect(annotationOf(photo)?.thumbnail).toEqual({ path, width: 80, height: 60 })
    expect(photos.files.get(path)).toMatchObject({ contentType: 'image/jpeg' })
  })

  it('also if the model refuses the photo', async () => {
    const photo = upload(png)
    const blocked = [fails('blocked-safety')]
    await annotate(photo, scriptedModel({ describe: blocked, locate: blocked }))
    expect(annotationOf(photo)).toMatchObject({ status: 'blocked', thumbnail: { width: 80 } })
  })

  it('and repeats a failed write without asking the model again', async () => {
    const photo = upload(png)
    const { writeResult } = photos
    photos.writeResult = async (...given) => {
      if (given[1].endsWith('thumbnail.jpg')) throw fails('storage-unavailable')
      return writeResult(...given)
    }
    await expect(annotate(photo)).rejects.toMatchObject({ code: 'storage-unavailable' })
    photos.writeResult = writeResult
    const script = scriptedModel()
    expect(await annotate(photo, script)).toMatchObject({ status: 'succeeded' })
    expect(script.requests).toEqual([])
    expect(annotationOf(photo)).toHaveProperty('thumbnail')
  })

  it('once, if the photo is redelivered, and again if a caller forces all steps', async () => {
    const photo = upload(png)
    const write = vi.spyOn(photos, 'writeResult')
    const thumbnails = () => write.mock.calls.filter(([, path]) => path.endsWith('thumbnail.jpg')).length
    const locate = [fails('model-unavailable'), OBJECTS]
    const script = scriptedModel({ locate })
    await expect(annotate(photo, script)).rejects.toMatchObject({ code: 'model-unavailable' })
    expect(annotationOf(photo)).toHaveProperty('thumbnail')
    expect(await annotate(photo, script)).toMatchObject({ status: 'succeeded' })
    expect(thumbnails()).toBe(1)
    await annotateImage(photo, services(scriptedModel().model), readConfig({}), { again: 'always' })
    expect(thumbnails()).toBe(2)
  })

  it('and deletes it if the photo was deleted before it was written', async () => {
    const photo = upload(png)
    const { writeResult } = photos
    let written: Promise<void> | undefined
    photos.writeResult = async (...given) => {
      if (!given[1].endsWith('thumbnail.jpg')) return writeResult(...given)
      written = sleep(100).then(async () => writeResult(...given))
      return written
    }
    const removed = async () => remove(photo).then(() => DESCRIPTION)
    const outcome = await annotate(photo, scriptedModel({ describe: [removed] }))
    expect(outcome).toEqual({ ended: 'skipped', reason: 'claim-lost' })
    await written
    expect(results()).toEqual([])
  })
})
