import { expect, it } from 'vitest'
import { generatedPages } from '../../tools/docs.ts'

it.each(generatedPages())(
  'the table of $path is what the code says (npm run docs)',
  ({ found, expected }) => {
    expect(found).toBe(expected)
  },
)
