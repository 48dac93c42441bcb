import { expect, test } from 'vitest'
import { readVersion } from '../../../functions/src/model/gemini/read-usage.ts'

test.each([['m'.repeat(2_000_000)], [''], [7], [['gemini']], [{ a: [[1]] }], [undefined]])(
  'readVersion() returns the requested model if the answer has no valid version',
  (named) => {
    expect(readVersion(named, 'gemini-3.8-flash')).toBe('gemini-3.8-flash')
  },
)

test('readVersion() returns the version of the answer', () => {
  expect(readVersion('gemini-3.8-flash-001', 'gemini-3.8-flash')).toBe('gemini-3.8-flash-001')
})
