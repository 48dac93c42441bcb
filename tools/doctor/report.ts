import { styleText } from 'node:util'
import type { Finding } from './finding.ts'

const SIGNS = { ok: 'ok', problem: 'FIX', unknown: '?', change: '->' } as const
const STYLES = { ok: 'green', problem: 'red', unknown: 'yellow', change: 'cyan' } as const

/** Prints the findings: the current value, then the expected value, the command that fixes it, and notes. */
export function printReport(about: string, findings: Finding[], stream: NodeJS.WriteStream): void {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const write = (line: string) => stream.write(`${line}\n`)
  const indent = ' '.repeat(6 + width + 2)
  write(`\n${about}\n`)
  let last: Finding | undefined
  for (const finding of findings) {
    const { check, state, found, expected, command, notes = [] } = finding
    // Many checks often fail for the same reason, such as missing credentials.
    const isSame = state === 'unknown' && last?.found === found
    const sign = styleText(STYLES[state], SIGNS[state].padStart(4), { stream })
    write(`${sign}  ${(check === last?.check ? '' : check).padEnd(width)}  ${isSame ? 'as above' : found}`)
    if (expected) write(`${indent}${state === 'change' ? 'deployment' : 'expected'}: ${expected}`)
    if (command && !isSame) write(`${indent}${styleText('bold', `$ ${command}`, { stream })}`)
    for (const line of notes) write(`${indent}${styleText('dim', `note: ${line}`, { stream })}`)
    last = finding
  }
  write(`\n${summary(findings)}`)
}

function summary(findings: Finding[]): string {
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length
  const [ok, problems, unknown, changes] = [count('ok'), count('problem'), count('unknown'), count('change')]
  if (problems === 0 && unknown === 0 && changes === 0) return `All ${ok} checks passed.`
  return [
    problems > 0 && `${problems} to fix`,
    unknown > 0 && `${unknown} not checked`,
    changes > 0 && `${changes} to change`,
    `${ok} ok`,
  ]
    .filter(Boolean)
    .join(', ')
    .concat('.')
}
