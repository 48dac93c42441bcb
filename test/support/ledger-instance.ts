import type { ProjectUse } from '../../functions/src/quota/allowance.ts'
import {
  type CommitOutcome,
  NOTHING,
  type Posting,
  type ProjectLedger,
  plus,
  projectLedger,
} from '../../functions/src/quota/project-ledger.ts'

export const LIMIT = 20_000_000
export const DAY = '2026-11-30'
const START = Date.parse('2026-11-30T12:00:00Z')
export const at = (ms: number) => new Date(START + ms)
export const tokens = (amount: number): ProjectUse => ({ tokens: amount, restrictedTokens: 0 })
export const restricted = (amount: number): ProjectUse => ({ tokens: amount, restrictedTokens: amount })

export const outcomeOf = (isWritten: boolean): CommitOutcome => (isWritten ? 'written' : 'not-written')

/** The counter of the project, and one instance that writes it. */
export function instance(limit: number, ledger: ProjectLedger = projectLedger(10)) {
  const counter = { sum: NOTHING, writes: 0 }
  const write = ({ add, end }: Posting, isWritten = true, outcome: CommitOutcome = outcomeOf(isWritten)) => {
    if (isWritten && (add.tokens !== 0 || add.restrictedTokens !== 0)) {
      counter.sum = plus(counter.sum, add)
      counter.writes++
    }
    end(outcome)
  }
  const use = () => ledger.useOf(DAY, counter.sum)
  return {
    ledger,
    counter,
    use,
    write,
    begin: (id: string, hold: ProjectUse, ms: number) =>
      ledger.reserve({ id, day: DAY }, hold, use(), limit, at(ms)),
    reserve: (id: string, hold: ProjectUse, ms: number, isWritten = true) =>
      write(ledger.reserve({ id, day: DAY }, hold, use(), limit, at(ms)), isWritten),
    settle: (
      id: string,
      hold: ProjectUse,
      spent: ProjectUse,
      isWritten = true,
      outcome: CommitOutcome = outcomeOf(isWritten),
    ) => write(ledger.settle({ id, day: DAY }, hold, spent), isWritten, outcome),
  }
}
