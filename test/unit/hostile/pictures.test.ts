import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Lanes } from '../../hostile/lanes.ts'
import { pictureFamilies } from '../../hostile/pictures/pictures.ts'
import { tryPhoto } from '../../hostile/trial.ts'

/* The pictures that take no time; `npm run test:hostile` tries all, with their times. */

let lanes: Lanes
beforeAll(async () => {
  lanes = await Lanes.open(1)
})
afterAll(async () => lanes[Symbol.asyncDispose]())

describe.each(Object.entries(pictureFamilies))('annotateImage() ends well with %s', (family, pictures) => {
  const light = pictures.filter(({ heavy }) => !heavy)

  it.each(light.map((picture) => [picture.name, picture] as const))('%s', async (_, picture) => {
    const subject = { ...picture, family, heicEnabled: false, bomb: false }
    const { end, faults } = await tryPhoto(subject, lanes.all[0]!)
    expect({ end, faults }).toEqual({ end: expect.any(String) as string, faults: [] })
  })

  const heif = light.filter(({ withHeic }) => withHeic)
  it.runIf(heif.length > 0).each(heif.map((picture) => [picture.name, picture] as const))(
    '%s, with HEIC on',
    async (_, picture) => {
      const subject = { ...picture, family, heicEnabled: true, expected: picture.withHeic, bomb: false }
      expect((await tryPhoto(subject, lanes.all[0]!)).faults).toEqual([])
    },
  )
})
