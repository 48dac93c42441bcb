import { describe, expect, it } from 'vitest'
import { cleanLines } from '../../../functions/src/answers/clean-text.ts'
import { MAX_ANSWER_LENGTH, StreamedAnswer } from '../../../functions/src/tasks/answer-question.ts'
import { counterexample } from '../../support/counterexample.ts'
import * as fc from '../../support/seeded-fast-check.ts'

function whole(text: string): string {
  const answer = new StreamedAnswer()
  answer.push(text)
  answer.end()
  return answer.text
}

/**
 * Text that is hard to split: surrogate pairs, joiners, accents, white space, characters that are removed.
 */
const awkward = fc
  .array(
    fc.constantFrom(
      'a',
      ' ',
      '\n',
      '\r\n',
      '\r',
      'e\u0301',
      '\u0301',
      '👩\u200d👧',
      '\u200d',
      '\u200c',
      'می\u200cخواهم',
      '\u202e',
      '\u0007',
      '\ud83d',
      '\ude00',
      '한',
      '\u1100\u1161',
      '🇩🇪',
      '\u2028',
      '\t',
      'क\u094d\u200dष',
      '<',
      ']',
      '(',
      '\ufe0f',
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

describe('StreamedAnswer', () => {
  it('returns the same text, wherever the pieces begin', async () => {
    const cuts = fc.array(fc.nat(), { maxLength: 10 })
    const found = await counterexample(
      fc.property(awkward, cuts, (text, places) => {
        const at = [0, ...places.map((place) => place % (text.length + 1)), text.length].toSorted(
          (a, b) => a - b,
        )
        const answer = new StreamedAnswer()
        let streamed = ''
        for (let i = 1; i < at.length; i++) streamed += answer.push(text.slice(at[i - 1], at[i]))
        streamed += answer.end()
        return streamed === answer.text && streamed === cleanLines(text)
      }),
      2000,
    )
    expect(found).toBeUndefined()
  })

  it.each([
    ['<b>x</b>', '‹b>x‹/b>'],
    ['<\u200bb>', '‹b>'],
    ['[x](y)', '[x] (y)'],
    ['a < b', 'a < b'],
  ])('makes markup ineffective that arrives character by character: %s', (text, expected) => {
    const answer = new StreamedAnswer()
    const pieces = Array.from(text, (character) => answer.push(character))
    expect(pieces.join('') + answer.end()).toBe(expected)
  })

  it('returns a character as soon as the next one arrives', () => {
    const answer = new StreamedAnswer()
    expect([answer.push('A red'), answer.push(' circle'), answer.push('.'), answer.end()]).toEqual([
      'A re',
      'd circl',
      'e',
      '.',
    ])
  })

  it('does not split a surrogate pair at the length limit', () => {
    const text = whole(`${'x'.repeat(MAX_ANSWER_LENGTH - 1)}😀`)
    expect(text).toBe('x'.repeat(MAX_ANSWER_LENGTH - 1))
  })

  it('does not join surrogates or accents by removing characters between them', () => {
    expect(whole('\ud83d\u0007\ude00a')).toBe('\ufffd\ufffda')
    expect(whole('e\u0007\u0301x')).toBe('e\u0301x')
  })

  it('reports that the answer is truncated', () => {
    const answer = new StreamedAnswer()
    answer.push('x'.repeat(MAX_ANSWER_LENGTH))
    answer.end()
    expect(answer.truncated).toBe(false)
    answer.push('x')
    answer.end()
    expect(answer.truncated).toBe(true)
  })

  // Regression: about 1000 tokens of spaces took a second for each further piece and blocked the event loop.
  it('takes at most 20 times as long for a run of spaces as for a run of removed characters', () => {
    const time = (run: string) => {
      const answer = new StreamedAnswer()
      answer.push(`a${run}`)
      const from = performance.now()
      for (let i = 0; i < 3; i++) answer.push('b ')
      return performance.now() - from
    }
    const ratios = Array.from({ length: 5 }, () => time(' '.repeat(30_000)) / time('\u200b'.repeat(30_000)))
    expect(Math.min(...ratios)).toBeLessThan(20)
  })
})
