import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'
import type { TestReport } from './test-report.ts'

/** Writes the result of a run to the file in FIRESIGHT_TEST_REPORT, for tools/test.ts. */
export default class TestReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const file = process.env.FIRESIGHT_TEST_REPORT
    if (!file) return
    const report: TestReport = {
      counts: { passed: 0, failed: unhandledErrors.length, skipped: 0 },
      durations: [],
    }
    const { counts } = report
    for (const module of modules) {
      counts.failed += module.errors().length // A file that does not load, a hook outside of tests.
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed' || state === 'skipped') counts[state]++
        else counts.failed++ // A test that is still pending was never run.
      }
      const { duration, collectDuration, setupDuration } = module.diagnostic()
      report.durations.push({ file: module.relativeModuleId, ms: duration + collectDuration + setupDuration })
    }
    writeFileSync(file, JSON.stringify(report))
  }
}
