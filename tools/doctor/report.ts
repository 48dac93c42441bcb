import { styleText } from 'node:util'
import type { Finding } from './finding.ts'

const SIGNS = { ok: 'ok', mend: 'MEND', unknown: '?' } as const
const STYLES = { ok: 'green', mend: 'red', unknown: 'yellow' } as const

/** The findings as a list that people like to read: what is there, and below it what would be right and how it gets so. */
export function printReport(about: string, findings: Finding[], stream: NodeJS.WriteStream): void {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const write = (line: string) => stream.write(`${line}\n`)
  const indent = ' '.repeat(6 + width + 2)
  write(`\n${about}\n`)
  let last: Finding | undefined
  for (const finding of findings) {
    const { check, state, found, right, command, advice = [] } = finding
    // One reason, such as missing credentials, is often that of many checks.
    const isSame = state === 'unknown' && last?.found === found
    const sign = styleText(STYLES[state], SIGNS[state].padStart(4), { stream })
    write(`${sign}  ${(check === last?.check ? '' : check).padEnd(width)}  ${isSame ? 'as above' : found}`)
    if (right) write(`${indent}right:  ${right}`)
    if (command && !isSame) write(`${indent}${styleText('bold', `$ ${command}`, { stream })}`)
    for (const line of advice) write(`${indent}${styleText('dim', `note:   ${line}`, { stream })}`)
    last = finding
  }
  write(`\n${summary(findings)}`)
}

function summary(findings: Finding[]): string {
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length
  const [ok, mend, unknown] = [count('ok'), count('mend'), count('unknown')]
  if (mend === 0 && unknown === 0) return `All is well: ${ok} checks.`
  return [
    mend > 0 && `${mend} to mend`,
    unknown > 0 && `${unknown} that could not be looked at`,
    `${ok} well`,
  ]
    .filter(Boolean)
    .join(', ')
    .concat('.')
}
