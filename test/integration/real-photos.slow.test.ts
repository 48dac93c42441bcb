import { existsSync, readdirSync, readFileSync } from 'node:fs'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { annotatePhoto } from '../support/annotate-photo.ts'
import { signIn, type User } from '../support/app.ts'
import { functionsPeakMegabytes } from '../support/memory.ts'

let user: User

beforeAll(async () => {
  user = await signIn()
})
afterAll(async () => user.close())

const photos = new URL('../../../shared/photos/', import.meta.url)
const names = existsSync(photos) ? readdirSync(photos).filter((name) => name.endsWith('.jpg')) : []

describe.skipIf(names.length === 0)('a real photo', () => {
  it.each(names)('%s is annotated within 10 s', async (name) => {
    const bytes = readFileSync(new URL(name, photos))
    const from = performance.now()
    const { annotation } = await annotatePhoto(user, name, bytes)
    const took = performance.now() - from
    const { autoOrient } = await sharp(bytes).metadata()
    expect(annotation).toMatchObject({
      status: 'succeeded',
      image: { width: autoOrient.width, height: autoOrient.height },
    })
    expect(annotation.objects?.length).toBeGreaterThan(0)
    expect(took).toBeLessThan(10_000)
  })

  it.skipIf(process.platform !== 'linux')('needs less than 600 MB of memory in the functions', () => {
    const peaks = functionsPeakMegabytes()
    expect(peaks.length).toBeGreaterThan(0)
    expect(Math.max(...peaks)).toBeLessThan(600)
  })
})
