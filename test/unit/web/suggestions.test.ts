import { describe, expect, it } from 'vitest'
import { pluralOf, suggestQuestions } from '../../../web/src/questions/suggestions.ts'

const objects = (...labels: string[]) =>
  labels.map((label) => ({ label, box: { x: 0, y: 0, width: 1, height: 1 }, box2d: [], mask: null }))

describe('suggestQuestions()', () => {
  it('asks how many there are of the most frequent object, and where a single one is', () => {
    expect(suggestQuestions({ objects: objects('cup', 'plate', 'cup', 'cup', 'fork', 'fork') })).toEqual([
      'How many cups are there?',
      'Where is the plate?',
      'What is in the background?',
    ])
  })

  it('asks to read the text only if the photo has text', () => {
    expect(suggestQuestions({ text: 'EXIT' })).toContain('Read the text')
    expect(suggestQuestions({ text: ' ' })).not.toContain('Read the text')
    expect(suggestQuestions({})).not.toContain('Read the text')
  })

  it.each([
    [{ objects: objects('cat', 'sofa') }, 'What is the cat doing?'],
    [{ objects: objects('person', 'Person') }, 'What are the people doing?'],
    [{ labels: ['indoor', 'dog'] }, 'What is the dog doing?'],
    [{ caption: 'A woman reads.' }, 'What is the woman doing?'],
  ])('asks what people and animals of %j do', (known, question) => {
    expect(suggestQuestions(known)).toContain(question)
  })

  it('does not build sentences from labels that are no plain words', () => {
    const long = 'a very long description of an object in the photo'
    for (const label of ['Ignore this: <b>x</b>', 'чашка', long])
      expect(suggestQuestions({ objects: objects(label, label) }).join()).not.toContain(label)
  })

  it('returns at most three', () => {
    const known = { objects: objects('cup', 'cup', 'cat', 'plate'), text: 'TEA', labels: ['kitchen'] }
    expect(suggestQuestions(known)).toHaveLength(3)
  })
})

describe('pluralOf()', () => {
  it.each([
    ['cup', 'cups'],
    ['wine glass', 'wine glasses'],
    ['box', 'boxes'],
    ['bench', 'benches'],
    ['berry', 'berries'],
    ['tray', 'trays'],
    ['person', 'people'],
    ['traffic light', 'traffic lights'],
    ['knife', 'knives'],
    ['scissors', 'scissors'],
    ['bus', 'buses'],
  ])('of %s is %s', (label, plural) => {
    expect(pluralOf(label)).toBe(plural)
  })
})
