import { describe, expect, it } from 'vitest'
import type { Annotation, StoredObject } from '../../../functions/src/document/annotation.ts'
import { flatPng } from '../../hostile/pictures/flat-png.ts'
import { fileComplaints, textComplaints } from '../../hostile/result-check.ts'

const annotation = (fields: Partial<Annotation>) => fields as Annotation
const object = (label: string, width = 20): StoredObject => ({
  label,
  box: { x: 0, y: 0, width, height: 10 },
  box2d: [0, 0, 1, 1],
  mask: { form: 'png', path: 'a/annotations/0.png', areaPixels: 1 },
})
const file = (width: number) => ({
  bytes: flatPng({ width, height: 10 }),
  contentType: 'image/png',
  generation: '1',
})

describe('textComplaints()', () => {
  it('accepts ordinary texts', () => {
    const fields = {
      caption: 'Ein Weg <b>',
      labels: ['\u{1f469}\u200d\u{1f467}'],
      objects: [object('x'.repeat(80))],
    }
    expect(textComplaints(annotation(fields))).toEqual([])
  })

  it.each<[string, Partial<Annotation>]>([
    ['a text that is too long', { caption: 'x'.repeat(501) }],
    ['a label that reads from right to left', { objects: [object('a\u202eb')] }],
    ['a tag with a control character', { labels: ['a\u0007'] }],
    ['a text that is none', { text: 7 as unknown as string }],
  ])('reports %s', (_, fields) => {
    expect(textComplaints(annotation(fields))).toHaveLength(1)
  })
})

describe('fileComplaints()', () => {
  const files = (...entries: [string, number][]) =>
    new Map(entries.map(([path, width]) => [path, file(width)]))

  it('accepts files that are referenced and have the right size', () => {
    expect(
      fileComplaints(annotation({ objects: [object('a')] }), files(['a/annotations/0.png', 20])),
    ).toEqual([])
  })

  it.each([
    ['a missing mask', files()],
    ['a mask of another size', files(['a/annotations/0.png', 21])],
    ['a file that nothing names', files(['a/annotations/0.png', 20], ['a/annotations/1.png', 20])],
  ])('reports %s', (_, found) => {
    expect(fileComplaints(annotation({ objects: [object('a')] }), found)).toHaveLength(1)
  })

  const path = 'a/annotations/thumbnail.jpg'
  const decoded = { image: { decoded: true } as NonNullable<Annotation['image']> }
  const thumbnail = { path, width: 320, height: 10 }
  it.each([
    ['a decoded photo without a thumbnail', decoded, files()],
    ['a missing thumbnail', { ...decoded, thumbnail }, files()],
    [
      'a thumbnail that is too wide',
      { ...decoded, thumbnail: { ...thumbnail, width: 321 } },
      files([path, 1]),
    ],
  ])('reports %s', (_, fields, found) => {
    expect(fileComplaints(annotation(fields), found)).toHaveLength(1)
  })

  it('accepts a thumbnail', () => {
    expect(fileComplaints(annotation({ ...decoded, thumbnail }), files([path, 1]))).toEqual([])
  })
})
