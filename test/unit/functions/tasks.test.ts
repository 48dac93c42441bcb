import { describe, expect, it } from 'vitest'
import { VisionError } from '../../../functions/src/errors.ts'
import type { PreparedImage } from '../../../functions/src/image/prepare.ts'
import { cleanText } from '../../../functions/src/tasks/clean-text.ts'
import { describeRequest, readDescription } from '../../../functions/src/tasks/describe.ts'
import { locateRequest, readLocation } from '../../../functions/src/tasks/locate.ts'

const image: PreparedImage = {
  jpeg: Buffer.from('jpeg'),
  mimeType: 'image/jpeg',
  width: 4,
  height: 3,
  sharpness: 1,
}
const answer = (value: unknown, truncated = false) => ({
  text: typeof value === 'string' ? value : JSON.stringify(value),
  truncated,
})

describe('describeRequest() and locateRequest()', () => {
  it('put the text after the single image', () => {
    for (const request of [
      describeRequest(image, 'gemini-3.8-flash'),
      locateRequest(image, 'gemini-3.8-flash'),
    ]) {
      expect(request.parts.map((part) => Object.keys(part)[0])).toEqual(['image', 'text'])
    }
  })

  it('describe by a schema of keywords that Gemini takes', () => {
    const { schema } = describeRequest(image, 'gemini-3.8-flash').json!
    expect(schema).toMatchObject({
      type: 'object',
      required: ['caption', 'altText', 'labels', 'text'],
      properties: { caption: { type: 'string' }, labels: { type: 'array', items: { type: 'string' } } },
    })
    expect(JSON.stringify(schema)).not.toMatch(/\$schema|"const"|"pattern"|"maxLength"/)
  })

  it('ask for the mask form of the family', () => {
    const prompt = (model: string) => JSON.stringify(locateRequest(image, model).parts[1])
    expect(prompt('gemini-3.8-flash')).toContain('polygon')
    expect(prompt('gemini-2.5-flash')).toContain('segmentation masks')
    expect(prompt('gemini-2.5-flash')).not.toContain('polygon')
  })
})

describe('readDescription()', () => {
  it('cleans the text and makes labels lower case, each once', () => {
    const description = readDescription(
      answer({
        caption: ' A \u202ered\u0000 ball. ',
        altText: 'A ball',
        labels: ['Ball', 'ball ', '', 'Toy'],
        text: 'STOP\nHERE',
      }),
    )
    expect(description).toEqual({
      caption: 'A red ball.',
      altText: 'A ball',
      labels: ['ball', 'toy'],
      text: 'STOP HERE',
    })
  })

  it('keeps what a cut answer holds', () => {
    const cut = answer(
      '{"caption":"A sign","altText":"A sign","labels":["sign"],"text":"long text that was cu',
      true,
    )
    expect(readDescription(cut)).toEqual({
      caption: 'A sign',
      altText: 'A sign',
      labels: ['sign'],
      text: 'long text that was cu',
    })
  })

  it('refuses an empty caption', () => {
    const empty = answer({ caption: ' \u200b', altText: 'A ball', labels: [], text: '' })
    expect(() => readDescription(empty)).toThrowError(expect.objectContaining({ code: 'answer-unreadable' }))
  })

  it('refuses an answer of another shape', () => {
    expect(() => readDescription(answer({ caption: 'A ball' }))).toThrowError(
      expect.objectContaining({ code: 'answer-unreadable' }),
    )
    const cut = answer('{"caption":"A ball","altText":"A b', true)
    expect(() => readDescription(cut)).toThrowError(expect.objectContaining({ code: 'answer-truncated' }))
  })
})

describe('readLocation()', () => {
  const png = `data:image/png;base64,${Buffer.from('png bytes').toString('base64')}`

  it('reads the three forms of masks', () => {
    const { objects, dropped } = readLocation(
      answer([
        { box_2d: [1, 2, 3, 4], label: 'png', mask: png },
        {
          box_2d: [1, 2, 3, 4],
          label: 'polygon',
          mask: [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        },
        { box_2d: [1, 2, 3, 4], label: 'tokens', mask: '<start_of_mask><seg_4><seg_20>' },
        { box_2d: [1, 2, 3, 4], label: 'none' },
        { box_2d: [1, 2, 3, 4], label: 'broken', mask: [[1, 2]] },
      ]),
      10,
    )
    expect(objects.map(({ label, mask }) => [label, mask?.form ?? null])).toEqual([
      ['png', 'png'],
      ['polygon', 'polygon'],
      ['tokens', null],
      ['none', null],
      ['broken', null],
    ])
    expect(dropped).toEqual({ 'mask-tokens': 1, 'mask-unreadable': 1 })
  })

  it('takes coordinates as strings, and a list inside an object', () => {
    const { objects } = readLocation(
      answer({ objects: [{ box_2d: ['1', '2', '3.5', '4'], label: 'cup' }] }),
      10,
    )
    expect(objects).toEqual([{ label: 'cup', box2d: [1, 2, 3.5, 4], mask: null }])
  })

  it('counts what it drops, by reason', () => {
    const box = [1, 2, 3, 4]
    const { objects, dropped } = readLocation(
      answer([
        { label: 'no box' },
        { box_2d: [5, 5, 5, 9] },
        { box_2d: box },
        { box_2d: box, label: 'x'.repeat(500) },
        { box_2d: box },
      ]),
      2,
    )
    expect(objects.map(({ label }) => label.length)).toEqual(['object'.length, 80])
    expect(dropped).toEqual({ 'object-unreadable': 1, 'box-empty': 1, 'too-many-objects': 1 })
  })

  it('says "no objects" only when the model said so', () => {
    expect(readLocation(answer([]), 10)).toEqual({ objects: [], dropped: {} })
    for (const text of ['There is nothing here.', '{"note":"none"}', '[{"label":"no box"}]', '[1,2]']) {
      expect(() => readLocation(answer(text), 10)).toThrowError(VisionError)
    }
  })

  it.each([
    ['[', true, 'answer-truncated'],
    ['```json\n[', true, 'answer-truncated'],
    ['{"objects":[', true, 'answer-truncated'],
    ['[{"box_2d":[1,2,3,4],"label":"cup","mask":[[1,2],[3,4],[5,6]', true, 'answer-truncated'],
    ['[{"box_2d":[1,2,3,4],"label":"cu', false, 'answer-unreadable'],
    ['{"error":"cannot see","details":[]}', false, 'answer-unreadable'],
  ])('finds no "no objects" in %j', (text, truncated, code) => {
    expect(() => readLocation({ text, truncated }, 10)).toThrowError(expect.objectContaining({ code }))
  })

  it('takes the list that holds boxes', () => {
    const value = { warnings: [], objects: [{ box_2d: [1, 2, 3, 4], label: 'cup' }] }
    expect(readLocation(answer(value), 10).objects).toHaveLength(1)
    expect(readLocation(answer({ objects: [] }), 10).objects).toEqual([])
  })

  it.each([[null], [''], [true], [[7]], ['1e3'], ['x']])('takes %j for no coordinate', (value) => {
    const { objects, dropped } = readLocation(
      answer([
        { box_2d: [value, 2, 3, 4], label: 'bad' },
        { box_2d: [1, 2, 3, 4], label: 'good' },
      ]),
      10,
    )
    expect(objects.map(({ label }) => label)).toEqual(['good'])
    expect(dropped).toEqual({ 'object-unreadable': 1 })
  })

  it('keeps an object whose label is no text', () => {
    const { objects } = readLocation(
      answer([
        { box_2d: [1, 2, 3, 4], label: null },
        { box_2d: [1, 2, 3, 4], label: 7 },
      ]),
      10,
    )
    expect(objects.map(({ label }) => label)).toEqual(['object', 'object'])
  })

  it('bounds coordinates that would overflow', () => {
    const mask = [
      [-1e308, 0],
      [1e308, 0],
      [1e308, 1e308],
    ]
    const [object] = readLocation(answer([{ box_2d: [0, 0, 1000, 1000], label: 'x', mask }]), 10).objects
    expect(object?.mask).toEqual({
      form: 'polygon',
      points: [
        [-10_000, 0],
        [10_000, 0],
        [10_000, 10_000],
      ],
    })
  })

  it('keeps what a cut answer holds, and says so', () => {
    const { objects, dropped } = readLocation(
      answer('[{"box_2d":[1,2,3,4],"label":"cup"},{"box_2d":[5,6', true),
      10,
    )
    expect(objects).toHaveLength(1)
    expect(dropped).toEqual({ 'answer-damaged': 1 })
  })
})

describe('cleanText()', () => {
  it.each([
    ['a\u200bb', 20, 'a b'],
    ['  a \n\t b  ', 20, 'a b'],
    ['e\u0301', 20, '\u00e9'],
    ['😀😀😀', 2, '😀😀'],
    ['a\ud83d', 20, 'a\ufffd'],
    ['\u2066admin\u2069', 20, 'admin'],
  ])('%j of at most %i characters is %j', (text, length, clean) => {
    expect(cleanText(text, length)).toBe(clean)
  })
})
