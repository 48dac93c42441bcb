import { describe, expect, it } from 'vitest'
import { AnswerText, MAX_ANSWER_LENGTH } from '../../../functions/src/tasks/answer-text.ts'
import { counterexample } from '../../support/counterexample.ts'
import * as fc from '../../support/seeded-fast-check.ts'

function whole(text: string): string {
  const answer = new AnswerText()
  answer.push(text)
  answer.end()
  return answer.text
}

/** Text that is awkward to cut: pairs, joiners, accents, white space, what is cleaned away. */
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
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

describe('AnswerText', () => {
  it('tells the same text however the answer is cut', async () => {
    const cuts = fc.array(fc.nat(), { maxLength: 10 })
    const found = await counterexample(
      fc.property(awkward, cuts, (text, places) => {
        const at = [0, ...places.map((place) => place % (text.length + 1)), text.length].toSorted(
          (a, b) => a - b,
        )
        const answer = new AnswerText()
        let told = ''
        for (let i = 1; i < at.length; i++) told += answer.push(text.slice(at[i - 1], at[i]))
        told += answer.end()
        return told === answer.text && told === whole(text)
      }),
      2000,
    )
    expect(found).toBeUndefined()
  })

  it('tells words as soon as the next one begins', () => {
    const answer = new AnswerText()
    expect([answer.push('A red'), answer.push(' circle'), answer.push('.'), answer.end()]).toEqual([
      'A re',
      'd circl',
      'e',
      '.',
    ])
  })

  it('does not cut a character in two at its limit', () => {
    const text = whole(`${'x'.repeat(MAX_ANSWER_LENGTH - 1)}😀`)
    expect(text).toBe('x'.repeat(MAX_ANSWER_LENGTH - 1))
  })

  it('brings nothing together by what it takes away: no halves of a pair, no accents', () => {
    expect(whole('\ud83d\u0007\ude00a')).toBe('\ufffd\ufffda')
    expect(whole('e\u0007\u0301x')).toBe('e\u0301x')
  })

  it('knows that it was cut', () => {
    const answer = new AnswerText()
    answer.push('x'.repeat(MAX_ANSWER_LENGTH))
    answer.end()
    expect(answer.truncated).toBe(false)
    answer.push('x')
    answer.end()
    expect(answer.truncated).toBe(true)
  })

  // Some 1000 tokens of spaces once took a second for each further piece, and nothing else had its turn.
  it('takes no more than 20 times as long for a run of spaces as for one of characters that are left out', () => {
    const time = (run: string) => {
      const answer = new AnswerText()
      answer.push(`a${run}`)
      const from = performance.now()
      for (let i = 0; i < 3; i++) answer.push('b ')
      return performance.now() - from
    }
    const ratios = Array.from({ length: 5 }, () => time(' '.repeat(30_000)) / time('\u200b'.repeat(30_000)))
    expect(Math.min(...ratios)).toBeLessThan(20)
  })
})
