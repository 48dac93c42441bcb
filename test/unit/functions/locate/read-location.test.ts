import { describe, expect, it } from 'vitest'
import { readLocation } from '../../../../functions/src/tasks/locate/read-location.ts'
import { PNG_TEXT, SQUARE } from './answers.ts'

const box = [100, 200, 300, 400]
const read = (value: unknown, maxObjects = 10) =>
  readLocation(
    { text: typeof value === 'string' ? value : JSON.stringify(value), truncated: false },
    maxObjects,
  )

describe('readLocation()', () => {
  it('reads masks of each form and reports why a mask is unusable', () => {
    const { objects, dropped, state } = read([
      { box_2d: box, label: 'png', mask: PNG_TEXT },
      { box_2d: box, label: 'bare png', mask: PNG_TEXT.replace('data:image/png;base64,', '') },
      { box_2d: box, label: 'polygon', mask: SQUARE },
      { box_2d: box, label: 'tokens', mask: '<start_of_mask><seg_4><seg_20>' },
      { box_2d: box, label: 'tokens with a tail', mask: '<start_of_mask><seg_4><seg_20>5D' },
      { box_2d: box, label: 'no token came', mask: '<start_of_mask>' },
      { box_2d: box, label: 'placeholder', mask: 'gimme_mask_for_this' },
      { box_2d: box, label: 'two points', mask: SQUARE.slice(2) },
      { box_2d: box, label: 'none' },
    ])
    expect(state).toBe('read')
    expect(objects.map(({ label, mask, maskReason }) => [label, mask?.form ?? maskReason])).toEqual([
      ['png', 'png'],
      ['bare png', 'png'],
      ['polygon', 'polygon'],
      ['tokens', 'mask-tokens'],
      ['tokens with a tail', 'mask-tokens'],
      ['no token came', 'mask-tokens'],
      ['placeholder', 'mask-unreadable'],
      ['two points', 'mask-unreadable'],
      ['none', undefined],
    ])
    expect(dropped).toEqual({ 'mask-tokens': 3, 'mask-unreadable': 2 })
  })

  it.each([
    ['numbers', { box_2d: box }],
    ['numbers as text', { box_2d: ['100', ' 200', '300.0', '400'] }],
    ['text', { box_2d: '100, 200, 300, 400' }],
    ['text with brackets', { box_2d: '[100 200 300 400]' }],
    ['a list within a list', { box_2d: [box] }],
    [
      'two corners',
      {
        box_2d: [
          [100, 200],
          [300, 400],
        ],
      },
    ],
    ['named sides', { box_2d: { xmin: 200, ymin: 100, xmax: 400, ymax: 300 } }],
    ['another name', { bbox: '100,200,300,400' }],
    ['a key without its beginning', { x_2d: box }],
  ])('takes a box as %s', (_, item) => {
    expect(read([{ label: 'cup', ...item }]).objects).toEqual([{ label: 'cup', box2d: box, mask: null }])
  })

  it('keeps floats and the order of corners', () => {
    expect(read([{ box_2d: [300.5, 400, 100, 200], label: 'cup' }]).objects[0]!.box2d).toEqual([
      300.5, 400, 100, 200,
    ])
  })

  it.each([[null], [''], [true], [[7]], ['1e3'], ['x'], [{}]])(
    'does not take %j for a coordinate',
    (value) => {
      const { objects, dropped } = read([
        { box_2d: [value, 2, 3, 4], label: 'bad' },
        { box_2d: box, label: 'good' },
      ])
      expect(objects.map(({ label }) => label)).toEqual(['good'])
      expect(dropped).toEqual({ 'box-unreadable': 1 })
    },
  )

  it('counts dropped entries by reason', () => {
    const { objects, dropped } = read(
      [
        { label: 'no box' },
        { label: 'space', box_3d: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
        { label: 'point', point: [5, 5] },
        { box_2d: [5, 5, 5, 9], label: 'flat' },
        { box_2d: [1, 2, 3], label: 'three' },
        { box_2d: box },
        7,
        { box_2d: [0, 0, 50, 50], label: 'x'.repeat(500) },
        { box_2d: [0, 0, 90, 90], label: 'one too many' },
      ],
      2,
    )
    expect(objects.map(({ label }) => label.length)).toEqual(['object'.length, 80])
    expect(dropped).toEqual({
      'box-missing': 2,
      'point-only': 1,
      'box-empty': 1,
      'box-unreadable': 1,
      'object-unreadable': 1,
      'too-many-objects': 1,
    })
  })

  it('merges entries with the same label and an IoU over 0.95', () => {
    const nearly = [100, 200, 300, 401]
    const { objects, dropped } = read(
      [
        { box_2d: box, label: 'cup' },
        { box_2d: nearly, label: 'cup', mask: SQUARE },
        { box_2d: nearly, label: 'mug' },
        { box_2d: [100, 200, 300, 440], label: 'cup' },
      ],
      3,
    )
    expect(objects.map(({ label, box2d, mask }) => [label, box2d[3], mask?.form])).toEqual([
      ['cup', 400, 'polygon'],
      ['mug', 401, undefined],
      ['cup', 440, undefined],
    ])
    expect(dropped).toEqual({ duplicate: 1 })
  })

  it('cleans labels and makes markup ineffective', () => {
    const label = '\u202e<b>cup</b>\u200b\u0007\n../x'
    expect(read([{ box_2d: box, label }]).objects[0]!.label).toBe('‹b>cup‹/b> ../x')
    expect(read([{ box_2d: box, label: 7 }]).objects[0]!.label).toBe('7')
    for (const nothing of [null, '', ' \u200b ', {}, ['cup']]) {
      expect(read([{ box_2d: box, label: nothing }]).objects[0]!.label).toBe('object')
    }
  })

  it('does not read inherited properties as keys', () => {
    const text =
      '[{"box_2d":[1,2,3,4],"label":"a","__proto__":{"box_2d":[5,6,7,8],"label":"b"}},{"constructor":1,"label":"c"}]'
    expect(readLocation({ text, truncated: false }, 10)).toMatchObject({
      objects: [{ label: 'a', box2d: [1, 2, 3, 4] }],
      dropped: { 'box-missing': 1 },
    })
  })

  it('clamps coordinates that would overflow', () => {
    const { objects } = read([{ box_2d: [0, 0, 1e308, '99999999999'], label: 'x' }])
    expect(objects[0]!.box2d).toEqual([0, 0, 10_000, 10_000])
  })

  it('finds the list in wrapper objects', () => {
    const item = { box_2d: box, label: 'cup' }
    for (const value of [
      item,
      [[item]],
      { objects: [item] },
      { warnings: [], result: { page: 1, found: [item] } },
    ]) {
      expect(read(value).objects).toEqual([{ label: 'cup', box2d: box, mask: null }])
    }
  })

  it('returns "no objects" only if the model stated it', () => {
    const none = { objects: [], dropped: {}, state: 'read' }
    for (const text of ['[]', '```json\n[]\n```', '{"objects":[]}', 'There are none:\n```json\n[]\n```']) {
      expect(read(text)).toEqual(none)
    }
    for (const text of [
      'There is nothing here.',
      '{}',
      'null',
      '{"note":"none"}',
      '[{"label":"no box"}]',
      '[1,2]',
      '[[]]',
      '{"error":"cannot see","details":[]}',
      '{"objects":[],"box_2d":',
      '{"objects":[],"others":[{"label":"x"}]}',
      '```json\n[]\n```\n```json\n[{"box_2d":[1,2\n```',
    ]) {
      expect(() => read(text)).toThrowError(expect.objectContaining({ code: 'answer-unreadable' }))
    }
  })

  it('lists the reasons in the error message', () => {
    const point = { point: [1, 2], label: 'tail' }
    expect(() => read([point, point, { label: 'x' }])).toThrowError('2 x point-only, 1 x box-missing')
  })
})
