import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Lanes } from '../../hostile/lanes.ts'
import { pictureFamilies } from '../../hostile/pictures/pictures.ts'
import { tryPhoto } from '../../hostile/trial.ts'
import { spread } from './spread.ts'

/* A few images of each family. `npm run test:hostile` tries all, and measures their time and memory. */

const PER_FAMILY = 4

let lanes: Lanes
beforeAll(async () => {
  lanes = await Lanes.open(1)
})
afterAll(async () => lanes[Symbol.asyncDispose]())

const light = Object.entries(pictureFamilies).map(([family, pictures]) =>
  pictures.filter(({ heavy }) => !heavy).map((picture) => ({ ...picture, family, bomb: false })),
)

it.each(light.flatMap((pictures) => spread(pictures, PER_FAMILY)))(
  'annotateImage() reaches a final status for hostile $family: $name',
  async (picture) => {
    const { end, faults } = await tryPhoto({ ...picture, heic: 'off' }, lanes.all[0]!)
    expect({ end, faults }).toEqual({ end: expect.any(String) as string, faults: [] })
  },
)

const withHeic = light.flatMap((pictures) =>
  spread(
    pictures.flatMap(({ heic, ...picture }) => (heic ? [{ ...picture, ends: heic }] : [])),
    PER_FAMILY,
  ),
)

describe.each(['original', 'decode'] as const)('annotateImage() with HEIC=%s', (heic) => {
  it.each(withHeic)('refuses or annotates hostile $family: $name', async ({ ends, ...picture }) => {
    const subject = { ...picture, heic, expected: ends[heic] }
    expect((await tryPhoto(subject, lanes.all[0]!)).faults).toEqual([])
  })
})
