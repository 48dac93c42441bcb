import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { VisionError } from '../../../../functions/src/errors.ts'
import { type AnnotatedObject, annotateObjects } from '../../../../functions/src/pipeline/annotate-objects.ts'
import { type Located, readLocation } from '../../../../functions/src/tasks/locate/read-location.ts'
import { counterexample } from '../../../support/counterexample.ts'
import * as fc from '../../../support/seeded-fast-check.ts'
import { PNG_TEXT } from './answers.ts'

/** Parts of real answers, so that random texts resemble answers. */
const TOKENS = [
  '{ } [ ] " : , \\ ` ``` 1 - . a'.split(' '),
  [
    ' ',
    '\n',
    '```json\n',
    '\u200b',
    '\ud83d',
    '"box_2d"',
    '"label"',
    '"mask"',
    'box_2d',
    '[1,2,300,400]',
    '"cup"',
  ],
  [
    '<start_of_mask>',
    '<seg_4>',
    '"__proto__"',
    '{"box_2d":[1,2,300,400],"label":"cup"}',
    '{"box_2d":',
    ',"label":"',
  ],
  [PNG_TEXT, PNG_TEXT.slice(0, 60), '[[1,2],[3,4]]'],
].flat()
const garbage = fc.array(fc.constantFrom(...TOKENS), { maxLength: 60 }).map((tokens) => tokens.join(''))

const number = fc.oneof(
  fc.integer({ min: -200, max: 1200 }),
  fc.double({ min: -2000, max: 3000, noNaN: true }),
  fc.integer({ min: 0, max: 1000 }).map(String),
)
const point = fc.tuple(number, number)
const anyMask = fc.oneof(
  fc.constantFrom(null, PNG_TEXT, '<start_of_mask><seg_1>', 'x'),
  fc.array(point, { minLength: 3, maxLength: 12 }),
  fc.array(fc.array(point, { minLength: 3, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
)
const item = fc.record({
  box_2d: fc.tuple(number, number, number, number),
  label: fc.string({ unit: 'binary' }),
  mask: anyMask,
})
const answer = fc.array(item, { maxLength: 8 }).map((items) => JSON.stringify(items))

/** An answer with a part removed or inserted. */
const damaged = fc
  .tuple(answer, fc.nat(), fc.nat({ max: 12 }), fc.constantFrom('', ...TOKENS))
  .map(([text, at, length, put]) => {
    const start = at % (text.length + 1)
    return text.slice(0, start) + put + text.slice(start + length)
  })
const cut = fc.tuple(answer, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)))
const anything = fc.oneof(garbage, answer, damaged, cut, fc.string({ unit: 'binary' }), fc.json())

function read(text: string): Located | undefined {
  try {
    return readLocation({ text, truncated: false }, 50)
  } catch (error) {
    if (error instanceof VisionError && error.code === 'answer-unreadable') return undefined
    throw error
  }
}

/** The same objects as an answer of a model. */
function write({ objects }: Located): string {
  return JSON.stringify(
    objects.map(({ label, box2d, mask }) => ({
      box_2d: box2d,
      label,
      mask:
        mask && (mask.form === 'png' ? `data:image/png;base64,${mask.png.toString('base64')}` : mask.rings),
    })),
  )
}

describe('readLocation()', () => {
  it('reads any text or throws answer-unreadable', async () => {
    const property = fc.property(anything, (text) => {
      read(text)
      return true
    })
    expect(await counterexample(property, 20_000)).toBeUndefined()
  })

  it('returns "no objects" only if the text has an empty list', async () => {
    const property = fc.property(anything, (text) => read(text)?.objects.length !== 0 || /\[\s*\]/.test(text))
    expect(await counterexample(property, 10_000)).toBeUndefined()
  })

  it('reads its own output as the same objects', async () => {
    const property = fc.property(anything, (text) => {
      const located = read(text)
      if (!located) return true
      const objects = located.objects.map(({ label, box2d, mask }) => ({ label, box2d, mask }))
      return isDeepStrictEqual(read(write(located)), { objects, dropped: {}, state: 'read' })
    })
    expect(await counterexample(property, 10_000)).toBeUndefined()
  })

  it('keeps all objects before the damage', async () => {
    const tops = fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 2, maxLength: 6 })
    // A fence would turn the text before it into prose.
    const damage = garbage.filter((text) => !text.includes('`'))
    const property = fc.property(tops, damage, (whole, rest) => {
      const items = whole.map(
        (top, index) => `{"box_2d":[${top},0,1000,${index + 1}],"label":"thing ${index}"}`,
      )
      const labels = read(`[${items.join(',')},${rest}`)?.objects.map(({ label }) => label) ?? []
      return items.slice(0, -1).every((_, index) => labels[index] === `thing ${index}`)
    })
    expect(await counterexample(property, 5000)).toBeUndefined()
  })
})

describe('readLocation() of an answer with a fault', () => {
  const things = ['red car', 'blue dog', 'green tree'].map((label, i) => ({
    box_2d: [100 * i, 7, 100 * i + 50, 900],
    label,
  }))
  const labelFirst = things.map(({ box_2d: box2d, label }) => ({
    label,
    box_2d: box2d,
    mask: '<start_of_mask><seg_3>',
  }))
  const sound = fc.constantFrom(
    JSON.stringify(things),
    JSON.stringify({ objects: things }, null, 2),
    JSON.stringify(labelFirst),
    `\`\`\`json\n${JSON.stringify(labelFirst, null, 2)}\n\`\`\``,
  )
  const fault = fc.record({
    at: fc.nat(),
    remove: fc.nat({ max: 3 }),
    put: fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '\n', '"\n'),
  })
  const damage = (text: string, { at, remove, put }: { at: number; remove: number; put: string }) => {
    const start = at % text.length
    return text.slice(0, start) + put + text.slice(start + remove)
  }

  it('does not give a label to the box of another object', async () => {
    const property = fc.property(sound, fault, (text, one) => {
      const located = read(damage(text, one))
      return (located?.objects ?? []).every(({ label, box2d }) => {
        const others = things.filter(
          (thing) => isDeepStrictEqual(thing.box_2d, box2d) && thing.label !== label,
        )
        return others.length === 0 || !things.some((thing) => thing.label === label)
      })
    })
    expect(await counterexample(property, 20_000)).toBeUndefined()
  })
})

describe('annotateObjects() of any answer', () => {
  it('keeps boxes and masks within the image', async () => {
    const side = fc.integer({ min: 1, max: 60 })
    const property = fc.asyncProperty(anything, side, side, async (text, width, height) => {
      const located = read(text)
      if (!located) return true
      const { objects } = await annotateObjects(located, { width, height })
      return objects.every((object) => isWithin(object, width, height))
    })
    expect(await counterexample(property, 3000)).toBeUndefined()
  })
})

function isWithin({ box, mask: drawn, label }: AnnotatedObject, width: number, height: number): boolean {
  const spans = Array.from(drawn?.runs.spans ?? [])
  return (
    Math.min(box.x, box.y, box.width - 1, box.height - 1) >= 0 &&
    box.x + box.width <= width &&
    box.y + box.height <= height &&
    /^[^\p{Cc}]{1,80}$/u.test(label) &&
    spans.every((value, index) => value >= 0 && value <= (index % 3 === 0 ? box.height - 1 : box.width)) &&
    (drawn?.polygon ?? []).every(([x, y]) => Math.min(x, y) >= 0 && x <= width && y <= height)
  )
}
