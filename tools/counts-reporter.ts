import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'
import type { Counts } from './counts.ts'

/** Tells `npm test` how the run went, in the file that FIRESIGHT_TEST_COUNTS names. */
export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const file = process.env.FIRESIGHT_TEST_COUNTS
    if (!file) return
    const counts: Counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) {
      counts.failed += module.errors().length // A file that does not load, a hook outside of tests.
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed' || state === 'skipped') counts[state]++
        else counts.failed++ // A test that is still pending was never run.
      }
    }
    writeFileSync(file, JSON.stringify(counts))
  }
}
