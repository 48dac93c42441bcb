import { describe, expect, it } from 'vitest'
import { readLocation } from '../../../../functions/src/tasks/locate/read-location.ts'
import { PNG_TEXT, SQUARE } from './answers.ts'

const CUP = '{"box_2d":[10,20,300,400],"label":"cup"}'
const PLATE = '{"box_2d":[500,600,700,800],"label":"plate"}'
const cup = ['cup', [10, 20, 300, 400]]
const plate = ['plate', [500, 600, 700, 800]]

const read = (text: string) => readLocation({ text, truncated: false }, 100)
const found = (text: string) => read(text).objects.map(({ label, box2d }) => [label, box2d])
const unreadable = expect.objectContaining({ code: 'answer-unreadable' }) as Error

describe('readLocation() does not give a label to the box of another object', () => {
  it.each([
    ['tokens', '"mask":"<start_of_mask><seg_3>', [cup, plate]],
    ['a label', '"note":"white', [cup, plate]],
  ])('when the quote after %s is missing at the end of an entry', (_, field, objects) => {
    expect(found(`[{"box_2d":[10,20,300,400],"label":"cup",${field}},${PLATE}]`)).toEqual(objects)
  })

  it('when that quote is missing in every entry', () => {
    const items = Array.from(
      { length: 10 },
      (_, i) => `{"box_2d":[${i},0,80,500],"label":"thing ${i}","mask":"<start_of_mask><seg_3>}`,
    )
    expect(found(`[${items.join(',')}]`)).toEqual(items.map((_, i) => [`thing ${i}`, [i, 0, 80, 500]]))
  })

  it('when the closing quote of a label is missing', () => {
    const { objects, dropped } = read(`[{"box_2d":[10,20,300,400],"label":"cup},${PLATE}]`)
    expect(objects.map(({ label }) => label).at(-1)).toBe('plate')
    expect(objects.length + (dropped['object-unreadable'] ?? 0) + (dropped['object-cut'] ?? 0)).toBe(2)
  })

  it.each([
    [
      'a brace is missing and the answer is cut',
      '[{"label":"cup","box_2d":[10,20,300,400]}, "label":"dog"',
      [cup],
    ],
    [
      'the key of a box is damaged',
      `{"objects":[${CUP},{"box_2d"]:[110,520,330,840],"label":"dog"}]}`,
      [cup],
    ],
    [
      'missing quotes join two entries',
      `[{"label":"car","box_2d:[10,20,300,400]},{label":"dog","box_2d":[110,520,330,840]},${PLATE}]`,
      [plate],
    ],
    [
      'an entry lost its end',
      `[{"box_2d":[10,20,300,400],"label":"car"d":[110,520,330,840],"label":"dog"},${PLATE}]`,
      [plate],
    ],
  ])('when %s', (_, text, objects) => {
    expect(found(text)).toEqual(objects)
  })

  it('when a label is between two boxes', () => {
    const text = '[{"box_2d":[10,20,300,400]},"label":"cup","box_2d":[500,600,700,800]}]'
    expect(found(text)).toEqual([['object', cup[1]]])
    expect(read(text).dropped).toEqual({ 'object-unreadable': 1 })
  })

  it('when no braces separate the entries', () => {
    for (const text of [
      '- box_2d: [10,20,300,400]\n  label: "cup"\n- box_2d: [500,600,700,800]\n  label: "plate"',
      '{"box_2d":[10,20,300,400],"label":"cup","box_2d":[500,600,700,800],"label":"pla',
    ]) {
      expect(() => read(text)).toThrowError(unreadable)
    }
  })
})

describe('readLocation() does not take an empty list for "no objects"', () => {
  it.each([
    '```python\nboxes = []\nfor b in detect(img): boxes.append(b)\n```',
    'const results = []; for (const x of y) results.push(x)',
    'I cannot see an image ![]()',
    '- [] attach the image',
    'The value should be of type string[]',
    '{"error":"image missing","objects":[]}',
    '{"boxes":[[10,20,300,400]],"labels":["cat"],"masks":[]}',
    '{"people":[{"name":"Ann"}],"objects":[]}',
    '```python\nboxes = detect(\n  []\n)\n```',
    'The code failed:\n```text\n[]\n```\nI cannot continue.',
    '```c++\n[]\n```',
  ])('in %j', (text) => {
    expect(() => read(text)).toThrowError(unreadable)
  })

  it.each([
    'None.\n[]\nSee [1].',
    '```json\n{"bounding_boxes":[]}\n```',
    '\ufeff[]',
    '"[]"',
    '{"objects":[],"error":null}',
  ])('except in %j', (text) => {
    expect(read(text)).toEqual({ objects: [], dropped: {}, state: 'read' })
  })
})

describe('readLocation() ignores fences', () => {
  it.each([
    ['code', '```python\nboxes = []\n```'],
    ['a denial of others', 'No others:\n```json\n[]\n```'],
    ['an example', 'Each has this form:\n```json\n{"box_2d": [ymin, xmin, ymax, xmax]}\n```'],
  ])('after a list: %s', (_, fence) => {
    expect(found(`[${CUP},${PLATE}]\n${fence}`)).toEqual([cup, plate])
  })

  it('within a label', () => {
    expect(found(`[{"box_2d":[10,20,300,400],"label":"sign \`\`\`"},${PLATE}]`)).toEqual([
      ['sign ```', cup[1]],
      plate,
    ])
  })
})

describe('readLocation() counts lost entries', () => {
  it.each([
    ['an opening brace', `[${CUP},"box_2d":[500,600,700,800],"label":"plate"}]`],
    ['a colon', `[${CUP},{"box_2d" [500,600,700,800],"label":"plate"}]`],
    ['a quote of the key', `[${CUP},{"box_2d:[500,600,700,800],"label":"plate"}]`],
  ])('without %s', (_, text) => {
    const { objects, dropped } = read(text)
    expect(objects.length + (dropped['object-unreadable'] ?? 0) + (dropped['object-cut'] ?? 0)).toBe(2)
  })

  it('but not words that look like keys', () => {
    expect(read(`Here is the bounding box:\n[${CUP},]`).dropped).toEqual({})
    const toy = '{"box_2d":[10,20,300,400],"label":"toy box [red]" "confidence":0.5}'
    expect(read(`[${toy},${PLATE}]`)).toMatchObject({
      objects: [{ label: 'toy box [red]' }, {}],
      dropped: {},
    })
  })

  it('but not numbers in prose', () => {
    const { dropped } = read(`I see a cup at [100, 200, 300, 400] and [1].\n[${CUP}]`)
    expect(dropped).toEqual({})
  })
})

describe('readLocation() reads', () => {
  it.each([
    ['an entry without a comma', `[${CUP},{"label":"plate" "box_2d":[500,600,700,800]}]`],
    ['an extra bracket', `[{"box_2d":[10,20,300,400]],"label":"cup"},${PLATE}]`],
    ['a quote before the first brace', `[\n"  ${CUP},\n  ${PLATE}\n]`],
    ['an extra brace', `[{"box_2d":[10,20,300,400]},"label":"cup"},${PLATE}]`],
    ['an answer that was encoded twice', JSON.stringify(`[${CUP},${PLATE}]`)],
    ['a list that was encoded', JSON.stringify({ result: `[${CUP},${PLATE}]` })],
    ['entries that were encoded', JSON.stringify([CUP, PLATE])],
    ['quotes that were escaped', `[${CUP},${PLATE}]`.replaceAll('"', '\\"')],
    ['JSON Lines', `${CUP}\n${PLATE}`],
    ['other cases of keys', `[${CUP},${PLATE}]`.replaceAll('box_2d', 'Box_2D').replaceAll('label', 'LABEL')],
    ['a list under a name of a mask', `{"segmentation":[${CUP},${PLATE}]}`],
    ['boxes within boxes', `[${CUP},{"label":"plate","bounding_box":{"box_2d":[500,600,700,800]}}]`],
    ['labels around boxes', `[${CUP},{"label":"plate","location":{"box_2d":[500,600,700,800]}}]`],
    ['single quotes, cut', `[${CUP},{'label':'plate','box_2d':[500,600,700,800],'mask':'<start`],
    [
      'null where another key has the box',
      `[${CUP},{"box_2d":null,"bbox":[500,600,700,800],"label":"plate"}]`,
    ],
    ['shares of the picture', `[${CUP},{"box_2d":[0.5,0.6,0.7,0.8],"label":"plate"}]`],
    ['smart words around', `\ufeffSure!\r\n\r\n[${CUP},\r\n${PLATE}]\r\n`],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual([cup, plate])
  })

  it.each([
    ['after the start token', `<start_of_mask>${PNG_TEXT}`],
    ['in a list', [PNG_TEXT]],
    ['in an object', { mask: PNG_TEXT }],
    ['with a charset', PNG_TEXT.replace(';base64', ';charset=utf-8;base64')],
    [
      'with the alphabet of URLs',
      PNG_TEXT.split(',')
        .map((part, i) => (i ? part.replaceAll('+', '-').replaceAll('/', '_') : part))
        .join(','),
    ],
  ])('a PNG mask %s', (_, mask) => {
    expect(
      read(JSON.stringify([{ box_2d: [100, 200, 300, 400], mask, label: 'cup' }])).objects[0]!.mask?.form,
    ).toBe('png')
  })

  it('a mask under a second key if the first one is unusable', () => {
    for (const other of ['', '<start_of_mask>', 'none']) {
      const text = JSON.stringify([
        { box_2d: [100, 200, 300, 400], mask: other, polygon: SQUARE, label: 'cup' },
      ])
      expect(read(text).objects[0]!.mask?.form).toBe('polygon')
    }
  })

  it('a finished PNG with escape sequences in a damaged entry', () => {
    const [head, base64] = PNG_TEXT.split(',')
    const escaped = `${head},${base64!.replaceAll('/', '\\/').replaceAll(/.{40}/g, '$&\\n')}`
    expect(read(`[{"box_2d":[1,2,3,4],"mask":"${escaped}","label":"cup",}]`).objects[0]!.mask?.form).toBe(
      'png',
    )
  })

  it('the most specific label', () => {
    const text = '[{"box_2d":[1,2,3,4],"label":"plate","description":"white round thing","mask":"iVBO'
    expect(read(text).objects[0]!.label).toBe('plate')
    expect(read('[{"box_2d":[1,2,3,4],"mask":[[1,2],[3,4],[1,4],"label":"cup"}]').objects[0]!.label).toBe(
      'cup',
    )
  })
})
