import { expect, it } from 'vitest'
import { fileSize, MAX_UPLOAD_BYTES } from '../../../client/src/formats.ts'

it.each([
  [1, '1 KB'],
  [655_360, '640 KB'],
  [4_300_000, '4.1 MB'],
  [MAX_UPLOAD_BYTES, '20 MB'],
  [150_000_000, '143 MB'],
])('fileSize() of %i bytes is %s', (bytes, text) => {
  expect(fileSize(bytes)).toBe(text)
})
