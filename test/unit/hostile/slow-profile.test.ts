import sharp from 'sharp'
import { expect, test } from 'vitest'
import { hasFreeSteps } from '../../../functions/src/image/colour-profile.ts'
import { prepareImage } from '../../../functions/src/image/prepare.ts'
import { inspectImage } from '../../../functions/src/image/source-image.ts'
import { slowProfile } from '../../hostile/pictures/slow-profile.ts'
import {
  curv,
  jpegWithProfile,
  P3,
  pngWithProfile,
  profileOf,
  rgbTags,
} from '../../support/colour-profiles.ts'

const LIMITS = { maxImageBytes: 20 * 1024 * 1024, maxImagePixels: 50_000_000, heic: 'off' as const }
const OPTIONS = { fullResolution: false, maxImagePixels: LIMITS.maxImagePixels }

async function preparedColour(bytes: Buffer): Promise<number[]> {
  const { data: jpeg } = await prepareImage(await inspectImage(bytes, LIMITS), OPTIONS)
  return [...(await sharp(jpeg).raw().toBuffer()).subarray(0, 3)]
}

const square = sharp({ create: { width: 32, height: 32, channels: 3, background: { r: 200, g: 40, b: 60 } } })
const png = await square.clone().png().toBuffer()
const jpeg = await square.clone().jpeg({ quality: 100 }).toBuffer()

// A hundred steps take little time. If they were applied, all colours would be dark grey.
const profile = slowProfile(100)

test.each([
  ['PNG', png, pngWithProfile(png, profile)],
  ['JPEG', jpeg, jpegWithProfile(jpeg, profile)],
])('prepareImage() ignores a profile of a %s that has its own processing steps', async (_, plain, tagged) => {
  expect((await sharp(tagged).metadata()).icc).toBeDefined()
  expect(await preparedColour(tagged)).toEqual(await preparedColour(plain))
})

test('hasFreeSteps() is false for ordinary profiles and for other data', () => {
  for (const icc of [
    profileOf(rgbTags(P3, curv(2.2))),
    Buffer.alloc(0),
    Buffer.alloc(131),
    Buffer.alloc(200, 0xff),
  ]) {
    expect(hasFreeSteps(icc)).toBe(false)
  }
  expect(hasFreeSteps(profile)).toBe(true)
})
