import { readFileSync, rmSync } from 'node:fs'

/** How a test run went. An error outside of tests is one failure. */
export type Counts = { passed: number; failed: number; skipped: number }

export type FileDuration = { file: string; ms: number }

export type TestReport = { counts: Counts; durations: FileDuration[] }

/** The last line of `npm test`. */
export function summary({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** One line for each of the slowest files, the slowest first. */
export function slowestFiles(durations: FileDuration[], count = 10): string[] {
  return durations
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, count)
    .map(({ file, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}`)
}

/**
 * The exit code of `npm test`: that of vitest, and never 0 unless tests ran and none failed.
 * The reporter's counts are missing if vitest crashed, or never ran.
 */
export function outcome(vitestCode: number, counts: Counts | undefined): { code: number; counts: Counts } {
  if (!counts) return { code: vitestCode || 1, counts: { passed: 0, failed: 1, skipped: 0 } }
  if (counts.failed > 0 || counts.passed === 0) return { code: vitestCode || 1, counts }
  // vitest failed outside of tests and has printed the reason.
  if (vitestCode !== 0) return { code: vitestCode, counts: { ...counts, failed: 1 } }
  return { code: 0, counts }
}

/** Reads and deletes the file of test-reporter.ts; undefined if there is none. */
export function takeReport(file: string): TestReport | undefined {
  try {
    const report: TestReport = JSON.parse(readFileSync(file, 'utf8'))
    return report
  } catch {
    return undefined
  } finally {
    rmSync(file, { force: true })
  }
}
