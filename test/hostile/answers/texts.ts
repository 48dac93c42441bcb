import { DESCRIPTION } from '../../support/vision.ts'
import { type AnswerCase, described, located, unless } from '../answer-case.ts'

const BOX = [250, 250, 750, 750]
const labelled = (said: unknown) => [{ box_2d: BOX, label: said }]

/** An object with this label, of which as much as allowed is kept. */
function label(name: string, said: unknown, stored: string): AnswerCase {
  return located(`a label ${name}`, labelled(said), {
    objects: 1,
    check: ({ objects }) =>
      unless(objects?.[0]?.label === stored, `the label is ${JSON.stringify(objects?.[0]?.label)}`),
  })
}

const caption = (name: string, said: string, stored: string) =>
  described(`a caption ${name}`, { ...DESCRIPTION, caption: said }, (annotation) =>
    unless(annotation.caption === stored, `the caption is ${JSON.stringify(annotation.caption)}`),
  )

const tags = (name: string, said: unknown, stored: string[]) =>
  described(`labels ${name}`, { ...DESCRIPTION, labels: said }, ({ labels }) =>
    unless(JSON.stringify(labels) === JSON.stringify(stored), `the labels are ${JSON.stringify(labels)}`),
  )

const MARKUP = '<img src=x onerror=alert(1)>'
/** As it is stored: readable, but no tag. */
const NO_MARKUP = '‹img src=x onerror=alert(1)>'
const HALF = '\ud800'
const DEPTH = 100_000
const LONG = 'x'.repeat(1_000_000)

/** Texts with markup, special names or invisible characters. */
export const texts: AnswerCase[] = [
  label('of markup', MARKUP, NO_MARKUP),
  label('that would end an SVG', 'a & b </text>', 'a & b ‹/text>'),
  label('of Markdown', '![x](https://example.com/?q=1)', '![x] (https://example.com/?q=1)'),
  label('of 20,000 characters', 'y'.repeat(20_000), 'y'.repeat(80)),
  label('of a megabyte', LONG, 'x'.repeat(80)),
  label('that reads from right to left', 'cup \u202egpj.exe\u202c', 'cup gpj.exe'),
  label('of nothing to see', '\u200b\u2060\ufeff', 'object'),
  label('of controls', 'cup\u0000\u0007\u001b[31m\r\n', 'cup [31m'),
  label('of JavaScript', '__proto__', '__proto__'),
  label('that leads elsewhere', '../../x', '../../x'),
  label('with a dot and a slash', 'a.b/c', 'a.b/c'),
  label('of half a character', `cup ${HALF}`, 'cup \ufffd'),
  label('that is a number', 7, '7'),
  label('that is null', null, 'object'),
  label('that is a list', [['cup']], 'object'),
  label('that is an object', { toString: 'cup' }, 'object'),
  caption('of markup', MARKUP, NO_MARKUP),
  caption('of a megabyte', LONG, 'x'.repeat(500)),
  caption('of half a character', `A cup.${HALF}`, 'A cup.\ufffd'),
  caption('that reads from right to left', 'A \u2067cup\u2069.', 'A cup.'),
  tags(
    'of names',
    ['__proto__', 'constructor', '../../x', 'a.b/c'],
    ['__proto__', 'constructor', '../../x', 'a.b/c'],
  ),
  tags('that are no texts', [1, null, ['a'], { b: 1 }, 'cup'], ['cup']),
  described(
    'labels that lie deep',
    JSON.stringify({ ...DESCRIPTION, labels: 'HERE' }).replace(
      '"HERE"',
      '['.repeat(DEPTH) + ']'.repeat(DEPTH),
    ),
    ({ labels }) => unless(labels?.length === 0, `the labels are ${JSON.stringify(labels)}`),
  ),
  tags(
    'of which there are 100,000',
    Array.from({ length: 100_000 }, (_, i) => `tag ${i}`),
    Array.from({ length: 20 }, (_, i) => `tag ${i}`),
  ),
  tags('of half characters', [HALF, `${HALF}a`], ['\ufffd', '\ufffda']),
  described('a text of 4 MB', { ...DESCRIPTION, text: '\u{1f600}'.repeat(1_000_000) }, ({ text }) =>
    unless(text === '\u{1f600}'.repeat(5000), `the text has ${text?.length} code units`),
  ),
  described(
    'a description with names of its own',
    { ...DESCRIPTION, status: 'deleted', owner: 'mallory', lease: 1 },
    (annotation) =>
      unless(annotation.owner === 'alice' && annotation.lease === null, 'the answer has become fields'),
  ),
]
