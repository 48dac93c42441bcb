import { readFileSync, rmSync } from 'node:fs'

/** How a test run went. An error outside of tests is one failure. */
export type Counts = { passed: number; failed: number; skipped: number }

/** The last line of `npm test`. */
export function summary({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/**
 * The exit code of `npm test`: that of vitest, and never 0 unless tests ran and none failed.
 * The reporter's counts are missing if vitest crashed, or never ran.
 */
export function outcome(vitestCode: number, counts: Counts | undefined): { code: number; counts: Counts } {
  if (!counts) return { code: vitestCode || 1, counts: { passed: 0, failed: 1, skipped: 0 } }
  if (counts.failed > 0 || counts.passed === 0) return { code: vitestCode || 1, counts }
  // vitest failed though no test did: what it printed says why.
  if (vitestCode !== 0) return { code: vitestCode, counts: { ...counts, failed: 1 } }
  return { code: 0, counts }
}

export function takeCounts(file: string): Counts | undefined {
  try {
    const counts: Counts = JSON.parse(readFileSync(file, 'utf8'))
    return counts
  } catch {
    return undefined
  } finally {
    rmSync(file, { force: true })
  }
}
