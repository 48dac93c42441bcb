// `npm test [-- <arguments of vitest>]`: all tests, with everything up. The last line is the number of tests
// that passed and failed; the exit code is 0 only if tests ran and none failed.
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { runCommand, runWithEverything } from './command.ts'
import { outcome, summary, takeCounts } from './counts.ts'
import { listenForInterruption } from './interruption.ts'
import { cache } from './paths.ts'
import { needsEmulators } from './vitest-arguments.ts'

const args = process.argv.slice(2)
const interruption = listenForInterruption()

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const reporters = ['default', join(import.meta.dirname, 'counts-reporter.ts')]
const command = [
  process.execPath,
  vitest,
  'run',
  ...reporters.map((reporter) => `--reporter=${reporter}`),
  ...args,
]

mkdirSync(cache, { recursive: true })
const countsFile = join(cache, `counts-${process.pid}.json`)
const environment = { FIRESIGHT_TEST_COUNTS: countsFile }

const vitestCode = needsEmulators(args)
  ? await runWithEverything(command, environment, interruption)
  : await runCommand(command, environment, interruption)
const { code, counts } = outcome(vitestCode, takeCounts(countsFile))
console.log(summary(counts))
process.exitCode = code
