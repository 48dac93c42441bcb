import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { annotateObjects } from '../../../../functions/src/annotations/annotate-objects.ts'
import { VisionError } from '../../../../functions/src/errors.ts'
import { type Located, readLocation } from '../../../../functions/src/tasks/locate/read-location.ts'
import { PNG_TEXT } from './answers.ts'

/** What answers are made of, so that random ones look like them. */
const TOKENS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    ' ',
    '\n',
    '`',
    '```',
    '```json\n',
    '1',
    '-',
    '.',
    'a',
    '\u200b',
    '\ud83d',
  ],
  ...[
    '"box_2d"',
    '"label"',
    '"mask"',
    'box_2d',
    '[1,2,300,400]',
    '"cup"',
    '<start_of_mask>',
    '<seg_4>',
    '"__proto__"',
  ],
  ...[
    '{"box_2d":[1,2,300,400],"label":"cup"}',
    '{"box_2d":',
    ',"label":"',
    PNG_TEXT,
    PNG_TEXT.slice(0, 60),
    '[[1,2],[3,4]]',
  ],
]
const garbage = fc.array(fc.constantFrom(...TOKENS), { maxLength: 60 }).map((tokens) => tokens.join(''))

const number = fc.oneof(
  fc.integer({ min: -200, max: 1200 }),
  fc.double({ min: -2000, max: 3000, noNaN: true }),
  fc.integer({ min: 0, max: 1000 }).map(String),
)
const point = fc.tuple(number, number)
const mask = fc.oneof(
  fc.constantFrom(null, PNG_TEXT, '<start_of_mask><seg_1>', 'x'),
  fc.array(point, { minLength: 3, maxLength: 12 }),
  fc.array(fc.array(point, { minLength: 3, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
)
const item = fc.record({
  box_2d: fc.tuple(number, number, number, number),
  label: fc.string({ unit: 'binary' }),
  mask,
})
const answer = fc.array(item, { maxLength: 8 }).map((items) => JSON.stringify(items))

/** An answer with something cut out, doubled, or put in. */
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

/** The same objects as a model would have told them. */
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
  it('reads any text or says that it cannot, and throws nothing else', () => {
    fc.assert(
      fc.property(anything, (text) => void read(text)),
      { numRuns: 20_000 },
    )
  })

  it('finds "no objects" only where an empty list stands', () => {
    fc.assert(
      fc.property(anything, (text) => {
        if (read(text)?.objects.length === 0) expect(text).toMatch(/\[\s*\]/)
      }),
      { numRuns: 10_000 },
    )
  })

  it('reads its own output as the same objects', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const located = read(text)
        if (!located) return
        const { objects, dropped, state } = read(write(located))!
        const withoutReasons = located.objects.map(({ label, box2d, mask }) => ({ label, box2d, mask }))
        expect({ objects, dropped, state }).toEqual({ objects: withoutReasons, dropped: {}, state: 'read' })
      }),
      { numRuns: 10_000 },
    )
  })

  it('loses no object of an answer to damage elsewhere: what stands before it stays', () => {
    const whole = fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 2, maxLength: 6 })
    // A fence would say that what stands before it is prose.
    const damage = garbage.filter((text) => !text.includes('`'))
    fc.assert(
      fc.property(whole, damage, (tops, rest) => {
        const items = tops.map(
          (top, index) => `{"box_2d":[${top},0,1000,${index + 1}],"label":"thing ${index}"}`,
        )
        const labels = read(`[${items.join(',')},${rest}`)?.objects.map(({ label }) => label)
        expect(labels?.slice(0, items.length - 1)).toEqual(
          items.slice(0, -1).map((_, index) => `thing ${index}`),
        )
      }),
      { numRuns: 5000 },
    )
  })
})

describe('annotateObjects() of any answer', () => {
  it('stays within the image', async () => {
    const side = fc.integer({ min: 1, max: 60 })
    await fc.assert(
      fc.asyncProperty(anything, side, side, async (text, width, height) => {
        const located = read(text)
        if (!located) return
        const { objects } = await annotateObjects(located, { width, height })
        for (const { box, mask, label } of objects) {
          expect(box.x >= 0 && box.y >= 0 && box.width >= 1 && box.height >= 1).toBe(true)
          expect(box.x + box.width <= width && box.y + box.height <= height).toBe(true)
          expect(label).toMatch(/^[^\p{Cc}\p{Cf}]{1,160}$/u)
          for (const [index, value] of (mask?.runs.spans ?? []).entries()) {
            expect(value >= 0 && value <= (index % 3 === 0 ? box.height - 1 : box.width)).toBe(true)
          }
          for (const [x, y] of mask?.polygon ?? [])
            expect(x >= 0 && x <= width && y >= 0 && y <= height).toBe(true)
        }
      }),
      { numRuns: 3000 },
    )
  })
})
