import { seededRandom } from '../measure/random.ts'

/** An answer that is nonsense. `truncated`: the model ran out of tokens. */
export type Garbage = { name: string; text: string; truncated: boolean }

/**
 * Answers of exactly `length` characters that a reader without care takes long for: nested, unclosed, quoted, fenced again and
 * again, or legal JSON with a label beyond measure.
 * @param answer a sound one, to be cut and damaged
 */
export function makeGarbage(length: number, answer: string): Garbage[] {
  const random = seededRandom(length)
  const printable = Array.from({ length }, () => String.fromCharCode(32 + Math.floor(random() * 95))).join('')
  const fill = (piece: string) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
  const cut = fill(answer.trimEnd().replace(/\n\]\s*```$/, ',\n'))
  const label = (piece: string) => {
    const [head, tail] = ['[{"box_2d":[1,2,3,4],"label":"', '"}]']
    return head + fill(piece).slice(0, length - head.length - tail.length) + tail
  }
  const kinds: Record<string, string> = {
    'opening brackets': fill('['),
    'opening braces': fill('{'),
    'nested objects': fill('[{"a":'),
    'opening and closing brackets': fill('[]'),
    quotes: fill('["'),
    'backslashes in a string': `["${fill('\\')}`.slice(0, length),
    fences: fill('```json\n[\n'),
    'fences with spaces': fill(`\`\`\`${' '.repeat(50)}`),
    'empty lines in a fence': `\`\`\`json\n[${fill('\n   ')}`.slice(0, length),
    'prose with brackets': fill('I see [a bowl] and {a jar}, and "more". '),
    'random characters': `[${printable}`.slice(0, length),
    'items without commas': fill('[{"box_2d": [1 2 3 4] "label": bowl} '),
    'single quotes and comments': fill("[{'box_2d': [1,2,3,4], // 'mask'\n"),
    'a sound answer, cut': cut,
    'a sound answer, quotes lost': cut.replaceAll('": "', '": '),
    'a label without end': label('a'),
    'a label of combining marks': label('\u0316\u0301'),
    'a label of invisible characters': label('\u200b \u2060'),
  }
  return Object.entries(kinds).map(([name, text]) => ({ name, text, truncated: name.endsWith('cut') }))
}

/** Sound JSON of exactly `length` characters, of many small objects: what a reader of nonsense is measured against. */
export function makeSoundJson(length: number): string {
  const item = JSON.stringify({
    box_2d: [123, 456, 789, 987],
    label: 'wooden bowl',
    mask: [
      [12, 34],
      [56, 78],
    ],
  })
  const count = Math.floor((length - 2) / (item.length + 1))
  const list = `[${Array.from({ length: count }, () => item).join(',')}`
  return list + ' '.repeat(length - 1 - list.length) + ']'
}
