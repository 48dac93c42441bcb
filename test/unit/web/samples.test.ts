import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isSample, SAMPLE_HASHES } from '../../../web/src/samples/is-sample.ts'

const PHOTOS = join(import.meta.dirname, '../../../web/src/samples/photos')
const hashOf = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

it('isSample() knows each sample photo by its hash, and no other photo', () => {
  const photos = readdirSync(PHOTOS).filter((name) => /^\w+\.jpg$/.test(name))
  const hashes = photos.map((name) => hashOf(readFileSync(join(PHOTOS, name))))
  expect(hashes.filter((hash) => !isSample(hash))).toEqual([])
  expect(SAMPLE_HASHES.size).toBe(photos.length)
  expect(isSample(hashOf('another photo'))).toBe(false)
})
