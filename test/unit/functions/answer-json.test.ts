import { describe, expect, it } from 'vitest'
import { readAnswerJson } from '../../../functions/src/answers/answer-json.ts'

describe('readAnswerJson()', () => {
  it.each([
    ['bare', '[{"a":1}]'],
    ['fenced', '```json\n[{"a":1}]\n```'],
    ['fenced without a language', '```\n[{"a":1}]\n```'],
    ['in prose', 'Here are the objects:\n[{"a":1}]\nI hope this helps.'],
    ['followed by prose with a bracket', '[{"a":1}]\nNote: see [1].'],
    ['fenced in prose', 'Sure!\n```json\n[{"a":1}]\n```\nAnything else?'],
  ])('reads JSON that is %s', (_, text) => {
    expect(readAnswerJson(text, false)).toEqual({ value: [{ a: 1 }], state: 'read' })
  })

  it.each([
    ['single quotes', "[{'a': 1}]", [{ a: 1 }]],
    ['a trailing comma', '[{"a":1},]', [{ a: 1 }]],
  ])('repairs %s', (_, text, value) => {
    expect(readAnswerJson(text, false)).toEqual({ value, state: 'salvaged' })
  })

  it.each([
    ['an object with backticks in it', '{"text":"a ``` b {"}', { text: 'a ``` b {' }],
    ['a damaged object after brackets in prose', 'As asked [1]: {"caption":"A cup",}', { caption: 'A cup' }],
    [
      'a damaged object after brackets that are no JSON',
      '[the JSON]: {"caption":"A cup",}',
      { caption: 'A cup' },
    ],
  ])('reads %s', (_, text, value) => {
    expect(readAnswerJson(text, false).value).toEqual(value)
  })

  it('prefers an object to brackets in the prose before it', () => {
    expect(readAnswerJson('As asked [1]: {"caption":"A cup"}', false).value).toEqual({ caption: 'A cup' })
  })

  it.each(['I cannot see any objects.', '', 'null', '"text"'])(
    'refuses %j rather than finding nothing',
    (text) => {
      expect(() => readAnswerJson(text, false)).toThrowError(
        expect.objectContaining({ code: 'answer-unreadable' }),
      )
    },
  )
})
