import { describe, expect, it } from 'vitest'
import { loadReadings } from '../../../../tools/docs-answers.ts'
import { readingOf, realAnswers } from '../../../support/real-answers.ts'

const answers = realAnswers()
const documented = new Map(loadReadings().answers.map(({ file, firesight }) => [file, firesight]))

describe.skipIf(answers.length === 0)('readLocation() of real answers', () => {
  it('is documented for each answer', () => {
    expect(answers.map(({ file }) => file).toSorted()).toEqual([...documented.keys()].toSorted())
  })

  it.each(answers)('$file is read as documented', async ({ file, text }) => {
    expect(await readingOf(text)).toEqual(documented.get(file))
  })
})

describe('docs/answers.md', () => {
  it('has no answer that was read as "no objects"', () => {
    const empty = loadReadings().answers.filter(
      ({ firesight }) => firesight.outcome !== 'unreadable' && firesight.objects === 0,
    )
    expect(empty).toEqual([])
  })
})
