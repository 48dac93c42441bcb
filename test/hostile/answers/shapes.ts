import { DESCRIPTION, OBJECTS } from '../../support/vision.ts'
import { type AnswerCase, envelope, located, unless } from '../answer-case.ts'
import { SUCCEEDS } from '../picture-case.ts'

const CUP = '{"box_2d":[250,250,750,750],"label":"cup"}'
const UNREADABLE = { status: 'partial', code: 'answer-unreadable' } as const
const DEPTH = 100_000
const LONG_NAME = { modelVersion: 'm'.repeat(2_000_000) }

/**
 * The largest document: the maximum number of objects, long labels, and the maximum number of stored points.
 */
const fullest = Array.from({ length: 255 }, (_, i) => {
  const [top, left] = [Math.floor(i / 16) * 60, (i % 16) * 60]
  return {
    box_2d: [top, left, top + 55, left + 55],
    label: `${'\u{1f600}'.repeat(76)}${i}`,
    mask: circle(left + 27, top + 27, 27),
  }
})

/** Answers with a hostile structure. */
export const shapes: AnswerCase[] = [
  located('lists, 100,000 deep', '['.repeat(DEPTH) + ']'.repeat(DEPTH), { expected: UNREADABLE }),
  located('an object below 100,000 lists', `${'['.repeat(DEPTH)}${CUP}${']'.repeat(DEPTH)}`, { objects: 1 }),
  located('objects, 100,000 deep', `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`, { expected: UNREADABLE }),
  located('boxes within boxes, 100,000 deep', '{"box_2d":'.repeat(DEPTH), { expected: UNREADABLE }),
  located(
    'an entry with names of JavaScript',
    `[{"__proto__":{"label":"x"},"constructor":1,${CUP.slice(1)}]`,
    {
      objects: 1,
      check: ({ objects }) => unless(objects?.[0]?.label === 'cup', 'the label came from elsewhere'),
    },
  ),
  located('half a character in JSON', `[${CUP.replace('cup', '\\ud83d')}]`, {
    objects: 1,
    check: ({ objects }) => unless(objects?.[0]?.label === '\ufffd', 'the label is another'),
  }),
  located('a megabyte of prose', 'I see nothing of the kind. '.repeat(40_000), { expected: UNREADABLE }),
  located('a document as full as can be', fullest, {
    parameters: { MAX_OBJECTS: '255' },
    objects: 255,
    heavy: true,
  }),
  located('5 MB of labels', [
    ...OBJECTS,
    ...Array.from({ length: 50 }, (_, i) => ({
      box_2d: [i, i, i + 100, i + 100],
      label: 'z'.repeat(100_000) + i,
    })),
  ]),
  located('an answer of 30 MB', longLabel(30_000_000), { objects: 2, heavy: true }),
  // Responses end at 32 MB: MAX_RESPONSE_BYTES.
  located('an answer of 50 MB', longLabel(50_000_000), { expected: UNREADABLE, heavy: true }),
  {
    name: 'a model name of two megabytes',
    answer: {
      describe: { body: envelope(DESCRIPTION, LONG_NAME) },
      locate: { body: envelope(OBJECTS, LONG_NAME) },
    },
    expected: SUCCEEDS,
    check: ({ model }) => unless(model?.version === model?.requested, 'the name is stored as it is'),
  },
]

function longLabel(characters: number): string {
  return `[${CUP},{"box_2d":[1,2,300,400],"label":"${'y'.repeat(characters)}"}]`
}

function circle(x: number, y: number, radius: number): [number, number][] {
  return Array.from({ length: 500 }, (_, point) => {
    const angle = (point / 500) * 2 * Math.PI
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]
  })
}
