// `npm test [-- <arguments of vitest>]`: the fast tests. `npm run test:all [-- ...]`: all tests.
// docs/testing.md The last line is the number of passed and failed tests; the exit code is 0 only if tests
// ran and none failed.
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { runCommand, runWithEverything } from './command.ts'
import { installExtraPackages } from './extra-packages.ts'
import { listenForInterruption } from './interruption.ts'
import { cache } from './paths.ts'
import { outcome, slowestFiles, summary, takeReport } from './test-report.ts'
import { needsEmulators, vitestArguments } from './vitest-arguments.ts'

const { all, args } = vitestArguments(process.argv.slice(2))
const interruption = listenForInterruption()

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const reporters = ['default', join(import.meta.dirname, 'test-reporter.ts')]
const command = [
  process.execPath,
  vitest,
  'run',
  ...reporters.map((reporter) => `--reporter=${reporter}`),
  ...args,
]

// Random tests repeat in `npm test`, and are new in `npm run test:all`.
const seed = process.env.FIRESIGHT_SEED || String(all ? Date.now() % 1_000_000 : 1)
if (all) console.log(`Seed ${seed}. To repeat this run: FIRESIGHT_SEED=${seed} npm run test:all`)

if (all) installExtraPackages()

mkdirSync(cache, { recursive: true })
const reportFile = join(cache, `test-report-${process.pid}.json`)
const environment = { FIRESIGHT_TEST_REPORT: reportFile, FIRESIGHT_SEED: seed }

const began = performance.now()
const vitestCode = needsEmulators(args)
  ? await runWithEverything(command, environment, interruption)
  : await runCommand(command, environment, interruption)
const report = takeReport(reportFile)
const { code, counts } = outcome(vitestCode, report?.counts)

console.log(`\nThe slowest files:\n${slowestFiles(report?.durations ?? []).join('\n')}`)
console.log(`\nDuration: ${Math.round((performance.now() - began) / 1000)} s`)
if (!all && counts.passed + counts.failed === 0)
  console.log('No test ran. Files named *.slow.test.ts run with `npm run test:all -- <name>`.')
console.log(summary(counts))
process.exitCode = code
