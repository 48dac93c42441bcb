import sharp from 'sharp'
import { expect, test } from 'vitest'
import { sentComplaints } from '../../hostile/sent-picture.ts'

const square = sharp({ create: { width: 16, height: 16, channels: 3, background: 'teal' } })
const jpeg = await square.clone().jpeg().toBuffer()

test('sentComplaints() accepts a plain JPEG', () => {
  expect(sentComplaints(jpeg, ['HOME'])).toEqual([])
})

test.each([
  [
    'EXIF',
    square
      .clone()
      .jpeg()
      .withExif({ IFD0: { Artist: 'Alice' } })
      .toBuffer(),
    'the model was sent a segment e1',
  ],
  ['a profile', square.clone().withIccProfile('p3').jpeg().toBuffer(), 'the model was sent a segment e2'],
  [
    'a tail',
    Buffer.concat([jpeg, Buffer.from('PK')]),
    'the model was sent bytes after the end of the picture',
  ],
  ['another format', square.clone().png().toBuffer(), 'the model was sent no JPEG'],
])('sentComplaints() reports %s', async (_, bytes, complaint) => {
  expect(sentComplaints(await bytes)).toEqual([complaint])
})

test('sentComplaints() reports contents that must not be sent', () => {
  const leaking = Buffer.concat([jpeg.subarray(0, -2), Buffer.from('HOME'), jpeg.subarray(-2)])
  expect(sentComplaints(leaking, ['HOME'])).toEqual(['the model was sent "HOME"'])
})
