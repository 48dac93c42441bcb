import { garbage } from '../../test/support/garbage.ts'
import { seededRandom } from '../measure/random.ts'

/** An invalid answer. `truncated`: the model reached its token limit. */
export type Garbage = { name: string; text: string; truncated: boolean }

/**
 * Invalid answers of about `length` characters that a naive parser reads slowly: those of the tests, and
 * others.
 * @param answer a valid answer, to be truncated and damaged
 */
export function makeGarbage(length: number, answer: string): Garbage[] {
  const random = seededRandom(length)
  const printable = Array.from({ length }, () => String.fromCharCode(32 + Math.floor(random() * 95))).join('')
  const fill = (piece: string) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
  const cut = fill(answer.trimEnd().replace(/\n\]\s*```$/, ',\n'))
  const [head, tail] = ['[{"box_2d":[1,2,3,4],"label":"', '"}]']
  const kinds: Record<string, string> = {
    ...garbage(length),
    'prose with brackets': fill('I see [a bowl] and {a jar}, and "more". '),
    'random characters': printable,
    'items without commas': fill('[{"box_2d": [1 2 3 4] "label": bowl} '),
    'single quotes and comments': fill("[{'box_2d': [1,2,3,4], // 'mask'\n"),
    'a label of combining marks': head + fill('\u0316\u0301').slice(head.length + tail.length) + tail,
    'a sound answer, cut': cut,
    'a sound answer, quotes lost': cut.replaceAll('": "', '": '),
  }
  return Object.entries(kinds).map(([name, text]) => ({ name, text, truncated: text === cut }))
}

/** Valid JSON of exactly `length` characters with many small objects: the baseline for invalid answers. */
export function makeSoundJson(length: number): string {
  const outline = [
    [12, 34],
    [56, 78],
  ]
  const item = JSON.stringify({ box_2d: [123, 456, 789, 987], label: 'wooden bowl', mask: outline })
  const count = Math.floor((length - 2) / (item.length + 1))
  return `[${Array.from({ length: count }, () => item).join(',')}`.padEnd(length - 1).concat(']')
}
