import { describe, expect, it } from 'vitest'
import { decodeMaskPng } from '../../../../functions/src/masks/mask-png.ts'
import { readLocation } from '../../../../functions/src/tasks/locate/read-location.ts'
import { PNG_TEXT } from './answers.ts'

const read = (text: string, truncated = false) => readLocation({ text, truncated }, 100)
/** The state, and per object its label, its box, and the form of its mask or the reason why it has none. */
const summary = (text: string, truncated = false) => {
  const { state, objects } = read(text, truncated)
  return [
    state,
    ...objects.map(({ label, box2d, mask, maskReason }) => [label, box2d, mask?.form ?? maskReason ?? null]),
  ]
}
const png = PNG_TEXT
const cup = ['cup', [1, 2, 3, 4], null]
const plate = ['plate', [5, 6, 7, 8], null]

describe('readLocation() of valid JSON', () => {
  it.each([
    ['bare', '[{"box_2d":[1,2,3,4],"label":"cup"}]'],
    ['in a fence', '```json\n[{"box_2d":[1,2,3,4],"label":"cup"}]\n```'],
    ['in a fence without a language', '```\n[{"box_2d":[1,2,3,4],"label":"cup"}]\n```'],
    ['in a fence of one line', '```json[{"box_2d":[1,2,3,4],"label":"cup"}]```'],
    ['in a fence that was not closed', '```json\n[{"box_2d":[1,2,3,4],"label":"cup"}]'],
    ['between prose', 'Here [as asked] are the boxes:\n[{"box_2d":[1,2,3,4],"label":"cup"}]\nSee [1].'],
    [
      'in a fence between prose',
      'Sure!\n```json\n[{"box_2d":[1,2,3,4],"label":"cup"}]\n```\n1.  **Wipe** the [table].',
    ],
    ['after code', '```python\nbox = [9, 9, 9, 9]\n```\n```json\n[{"box_2d":[1,2,3,4],"label":"cup"}]\n```'],
    [
      'spread over lines',
      '{\r\n  "box_2d": [\r\n    1,\r\n    2,\r\n    3,\r\n    4\r\n  ],\r\n  "label": "cup"\r\n}',
    ],
    ['with a key twice', '[{"box_2d":[1,2,3,4],"label":"crockery","label":"cup"}]'],
  ])('%s', (_, text) => {
    expect(summary(text)).toEqual(['read', cup])
  })

  it('reads several blocks in their order', () => {
    const block = (item: string) => `\`\`\`json\n[${item}]\n\`\`\`\n`
    const text =
      block('{"box_2d":[1,2,3,4],"label":"cup"}') + block('') + block('{"box_2d":[5,6,7,8],"label":"plate"}')
    expect(summary(text)).toEqual(['read', cup, plate])
    expect(summary('[{"box_2d":[1,2,3,4],"label":"cup"}]\n[{"box_2d":[5,6,7,8],"label":"plate"}]')).toEqual([
      'read',
      cup,
      plate,
    ])
  })
})

describe('readLocation() of damaged JSON', () => {
  it.each([
    ['an extra comma', '[{"box_2d":[1,2,3,4],"label":"cup",},{"box_2d":[5,6,7,8],"label":"plate"},]'],
    ['single quotes', "[{'box_2d':[1,2,3,4],'label':'cup'},{'box_2d':[5,6,7,8],'label':'plate'}]"],
    ['keys without quotes', '[{box_2d: [1,2,3,4], label: "cup"}, {box_2d: [5,6,7,8], label: "plate"}]'],
    [
      'a comment',
      '[{"box_2d":[1,2,3,4],"label":"cup"}, // the big one\n{"box_2d":[5,6,7,8],"label":"plate"}]',
    ],
    ['no closing brace', '[{"box_2d":[1,2,3,4],"label":"cup",\n{"box_2d":[5,6,7,8],"label":"plate"}]'],
    ['a wrong closing bracket', '[{"box_2d":[1,2,3,4],"label":"cup"],{"box_2d":[5,6,7,8],"label":"plate"}]'],
    [
      'no closing quote at the end of a line',
      '[{"box_2d":[1,2,3,4],"label":"cup\n},\n{"box_2d":[5,6,7,8],"label":"plate"}]',
    ],
    [
      'no closing quote before a key',
      '[{"label":"cup,"box_2d":[1,2,3,4]},{"box_2d":[5,6,7,8],"label":"plate"}]',
    ],
    ['no opening quote', '[{"box_2d":[1,2,3,4],"label":cup"},{"box_2d":[5,6,7,8],"label":"plate"}]'],
    ['a label without quotes', '[{label: cup, box_2d: [1,2,3,4]},{"box_2d":[5,6,7,8],"label":"plate"}]'],
    [
      'a comma missing in a box',
      '[{"box_2d":[1\n2,3,4],"label":"cup"},{"box_2d":[5,6,7,8],"label":"plate"}]',
    ],
    ['an extra comma in a box', '[{"box_2d":[1,2,3,4,],"label":"cup"},{"box_2d":[5,6,7,8],"label":"plate"}]'],
    ['no colon', '[{"box_2d" [1,2,3,4],"label":"cup"},{"box_2d":[5,6,7,8],"label":"plate"}]'],
    [
      'no bracket at the end',
      '{"objects":[{"box_2d":[1,2,3,4],"label":"cup"},{"box_2d":[5,6,7,8],"label":"plate"}',
    ],
    [
      'an unclosed list in prose',
      'I see [two things: [{"box_2d":[1,2,3,4],"label":"cup"},{"box_2d":[5,6,7,8],"label":"plate"}',
    ],
  ])('with %s', (_, text) => {
    expect(summary(text)).toEqual(['salvaged', cup, plate])
  })

  it('with quotes in a string', () => {
    const text = '[{"box_2d":[1,2,3,4],"label":"a "large" cup"},{"box_2d":[5,6,7,8],"label":"plate"}]'
    expect(summary(text)).toEqual(['salvaged', ['a "large" cup', [1, 2, 3, 4], null], plate])
  })

  it('with a quoted bracket in a string', () => {
    const text = '[{"box_2d":[1,2,3,4],"label":"the "{" key"},{"box_2d":[5,6,7,8],"label":"plate"}]'
    expect(read(text).objects.map(({ box2d }) => box2d)).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ])
  })

  it('with quotes and a brace in a string', () => {
    const text =
      '[{"box_2d":[1,2,3,4],"label":"a "large" cup :} smiling"},{"box_2d":[5,6,7,8],"label":"plate"}]'
    expect(summary(text)).toEqual(['salvaged', ['a "large" cup :} smiling', [1, 2, 3, 4], null], plate])
  })

  it('with line breaks in strings', () => {
    const text = '[{"box_2d":[1,2,3,4],"label":"a cup\nof tea"},{"box_2d":[5,6,7,8],"label":"plate"}]'
    expect(summary(text)).toEqual(['salvaged', ['a cup of tea', [1, 2, 3, 4], null], plate])
  })

  it('with escape sequences that JSON does not have', () => {
    const text = String.raw`[{"box_2d":[1,2,3,4],"label":"r_2^2 \cdot d"},{"box_2d":[5,6,7,8],"label":"plate"}]`
    expect(summary(text)[1]).toEqual(['r_2^2 cdot d', [1, 2, 3, 4], null])
  })

  it('whose mask has no closing quote', () => {
    for (const between of [', ', ',\n  ', '\n, ']) {
      const text = `[{"box_2d":[1,2,3,4],"mask":"${png}${between}"label":"cup"},{"box_2d":[5,6,7,8],"label":"plate"}]`
      expect(summary(text)).toEqual(['salvaged', ['cup', [1, 2, 3, 4], 'png'], plate])
    }
  })

  it('whose mask has no closing quote at the end of its entry', () => {
    const text = `[{"label":"cup","box_2d":[1,2,3,4],"mask":"${png}},{"box_2d":[5,6,7,8],"label":"plate"}]`
    expect(summary(text)).toEqual(['salvaged', ['cup', [1, 2, 3, 4], 'png'], plate])
  })

  it('keeps an outline in a damaged entry', () => {
    for (const outline of [
      '[[2,1],[4,1],[4,3],[2,3]]',
      '[[2,1],[4,1],[4,3],[2,3]',
      '"[[2,1],[4,1],[4,3],[2,3]]"',
    ]) {
      const text = `[{"box_2d":[1,2,3,4],"mask":${outline},"label":"cup",},{"box_2d":[5,6,7,8],"label":"plate"}]`
      expect(summary(text)).toEqual(['salvaged', ['cup', [1, 2, 3, 4], 'polygon'], plate])
    }
  })

  it('drops an incomplete outline', () => {
    const text = '[{"label":"cup","box_2d":[1,2,3,4],"mask":[[2,1],[4,1],[4,3],[2'
    expect(summary(text, true)).toEqual(['salvaged', ['cup', [1, 2, 3, 4], 'mask-unreadable']])
  })

  it('drops a box of five numbers', () => {
    const text = '[{"box_2d":[1,2,3,4,5],"label":"cup",},{"box_2d":[5,6,7,8],"label":"plate"}]'
    expect(summary(text)).toEqual(['salvaged', plate])
    expect(read(text).dropped).toEqual({ 'object-unreadable': 1 })
  })

  it('whose mask has line breaks', async () => {
    const lines = png.replaceAll(/.{40}/g, '$&\n')
    const { objects } = read(`[{"box_2d":[1,2,3,4],"mask":"${lines}","label":"cup"}]`)
    const { mask } = objects[0]!
    expect(mask?.form === 'png' && (await decodeMaskPng(mask.png)).width).toBe(16)
  })

  it('whose mask tokens lack a quote or run into the next key', () => {
    const text = `[{"box_2d":[1,2,3,4],"mask":"<start_of_mask><seg_107> {"point": [1,2,3,4", "label": "cup"},
      {"mask": "<start_of_mask>_box_2d": [5, 6, 7, 8], "label": "plate"},
      {"box_2d":[9,10,11,12],"mask":<start_of_mask><seg_35><seg_4>","label":"fork"}]`
    expect(summary(text)).toEqual([
      'salvaged',
      ['cup', [1, 2, 3, 4], 'mask-tokens'],
      ['plate', [5, 6, 7, 8], 'mask-tokens'],
      ['fork', [9, 10, 11, 12], 'mask-tokens'],
    ])
  })

  it('whose mask repeats numbers before the other fields', () => {
    const text = `[{"mask":"<start_of_mask>${'-1,0,'.repeat(10_000)}"",, "box_2d":[1,2,3,4],"label":"cup"}]`
    expect(summary(text)).toEqual(['salvaged', ['cup', [1, 2, 3, 4], 'mask-tokens']])
  })

  it('in comments in code', () => {
    const text = `--- Code ---\nbox = [270, 160] # in [ymin, xmin]\nprint(f'# [{{box_2d: {box}, label: "chip"}}]')\n
--- Output ---\n# [{box_2d: [270, 160, 415, 315], label: "chip"}]`
    expect(summary(text)).toEqual(['salvaged', ['chip', [270, 160, 415, 315], null]])
    expect(read(text).dropped).toEqual({ 'object-unreadable': 1 })
  })
})

describe('readLocation() of an answer that was cut', () => {
  const whole = '[{"box_2d":[1,2,3,4],"label":"cup"},'

  it('keeps each complete object and guesses nothing', () => {
    for (const rest of [
      '',
      '{"box_2d":[5,6,7,8',
      '{"box_2d":[5,6,7,8]',
      '{"box_2d":[5,6,7,8],"label":"pla',
      `{"box_2d":[5,6,7,8],"mask":"${png.slice(0, -9)}`,
      '{"label":"plate","box_2d":[5,6,7,8',
      '{"label":"plate","box_2d":[5,6,7',
    ]) {
      expect([rest, ...summary(whole + rest, true)]).toEqual([rest, 'salvaged', cup])
    }
    expect(read(`${whole}{"box_2d":[5,6`, true).dropped).toEqual({ 'object-cut': 1 })
  })

  it('keeps an object with a complete box and label', () => {
    expect(summary(`${whole}{"label":"plate","box_2d":[5,6,7,8],"mask":"<start_of_mask><seg_`, true)).toEqual(
      ['salvaged', cup, ['plate', [5, 6, 7, 8], 'mask-tokens']],
    )
    const cutMask = `${whole}{"label":"plate","box_2d":[5,6,7,8],"mask":"${png.slice(0, -9)}`
    expect(summary(cutMask, true)).toEqual(['salvaged', cup, ['plate', [5, 6, 7, 8], 'mask-unreadable']])
  })

  it('keeps a finished PNG, whatever follows it', async () => {
    for (const garbage of ['Z203_203'.repeat(5000), '+Pj4'.repeat(5000), ' '.repeat(5000), '\n]]}}"', '"']) {
      const { objects, state } = read(`[{"box_2d":[100,200,300,400],"mask":"${png}${garbage}`, true)
      const { label, mask } = objects[0]!
      expect([state, label]).toEqual(['salvaged', 'object'])
      expect(mask?.form === 'png' && mask.png.toString('base64')).toBe(png.slice(png.indexOf(',') + 1))
      expect(mask?.form === 'png' && (await decodeMaskPng(mask.png)).width).toBe(16)
    }
  })

  it.each([
    ['numbers', '[\n  {"mask": "<start_of_mask>-1,0,0,1,0,2,'],
    ['zeros', '[\n  {"mask": "<start_of_mask>_A_0_0_0_'],
    ['nines', '[\n  {"mask": "<start_of_mask>-999999'],
    [
      'an invented PNG',
      '[\n  {"box_2d": [1,2,3,4], "mask": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAASAAAAG4CAYAAAB30y9N+Pj4',
    ],
    ['brackets', '['],
    ['objects', '{"objects":[{"box_2d":'],
  ])('that repeats %s is an error, not "no objects"', (_, start) => {
    const text = start.padEnd(65_000, start.slice(-6))
    expect(() => read(text, true)).toThrowError(expect.objectContaining({ code: 'answer-truncated' }))
    expect(() => read(text)).toThrowError(expect.objectContaining({ code: 'answer-unreadable' }))
  })

  it('that repeats one object is that object', () => {
    const { objects, dropped } = read('['.padEnd(65_000, '{"box_2d":[1,2,3,4],"label":"cup"},'), true)
    expect(objects).toHaveLength(1)
    expect(dropped.duplicate).toBeGreaterThan(1800)
  })
})
