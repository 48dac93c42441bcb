import { expect, test } from 'vitest'
import { outcome, slowestFiles, summary } from '../../../tools/test-report.ts'
import { needsEmulators, vitestArguments } from '../../../tools/vitest-arguments.ts'

test.each([
  [{ passed: 7, failed: 0, skipped: 0 }, '7 passed, 0 failed'],
  [{ passed: 7, failed: 1, skipped: 2 }, '7 passed, 1 failed, 2 skipped'],
])('summary() of %j is "%s"', (counts, line) => {
  expect(summary(counts)).toBe(line)
})

test.each([
  ['tests that pass', 0, { passed: 2, failed: 0, skipped: 1 }, 0, 0],
  ['a test that fails', 1, { passed: 2, failed: 1, skipped: 0 }, 1, 1],
  ['a failure that vitest does not report', 0, { passed: 2, failed: 1, skipped: 0 }, 1, 1],
  ['no tests', 0, { passed: 0, failed: 0, skipped: 0 }, 1, 0],
  ['nothing but skipped tests', 0, { passed: 0, failed: 0, skipped: 3 }, 1, 0],
  ['a vitest that fails outside of tests', 1, { passed: 2, failed: 0, skipped: 0 }, 1, 1],
  ['a vitest that crashed', 137, undefined, 137, 1],
  ['a vitest that never ran', 0, undefined, 1, 1],
])('outcome() of %s', (_what, vitestCode, counted, code, failed) => {
  const result = outcome(vitestCode, counted)
  expect(result.code).toBe(code)
  expect(result.counts.failed).toBe(failed)
})

test.each([
  [[], true],
  [['--project', 'unit'], false],
  [['--project=unit', 'ports'], false],
  [['--project', 'unit-slow', '--project=programs'], false],
  [['--project=unit*'], false],
  [['--project', 'emulators'], true],
  [['--project', 'unit', '--project', 'emulators'], true],
  [['--project=!unit'], true],
  [['--project'], true],
  [['rules'], true],
])('needsEmulators(%j) is %s', (args, expected) => {
  expect(needsEmulators(args)).toBe(expected)
})

test.each([
  [[], { all: false, args: ['--project=unit', '--project=emulators'] }],
  [['rules'], { all: false, args: ['--project=unit', '--project=emulators', 'rules'] }],
  [['--project', 'unit', 'box'], { all: false, args: ['--project', 'unit', 'box'] }],
  [['--all'], { all: true, args: [] }],
  [['--all', 'killed', '-t', 'x'], { all: true, args: ['killed', '-t', 'x'] }],
])('vitestArguments(%j)', (args, expected) => {
  expect(vitestArguments(args)).toEqual(expected)
})

test('slowestFiles() lists the slowest files first, in seconds', () => {
  const durations = [1200, 61_000, 50].map((ms) => ({ file: `${ms}.test.ts`, ms }))
  expect(slowestFiles(durations, 2)).toEqual(['   61.0 s  61000.test.ts', '    1.2 s  1200.test.ts'])
})
