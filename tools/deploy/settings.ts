import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Code } from './code.ts'
import type { Found, Outcome } from './inspection.ts'

export type SettingsOptions = {
  folder: string
  project: string
  alias?: string | undefined
  code: Pick<Code, 'values' | 'questions'>
  /** Values that the checks found, for parameters without a value in the files. */
  found: Record<string, string>
  interactive: boolean
}

/** The question that has no safe answer: whether all apps use App Check. */
const DECISION = 'ENFORCE_APP_CHECK'

/**
 * Checks that each parameter of firebase-tools has a value. A step writes the values that the checks found and,
 * without a terminal, the defaults: firebase-tools asks in a terminal, and fails without one, defaults or not
 * (lib/deploy/functions/params.js, 15.34.2).
 */
export async function checkSettings(options: SettingsOptions): Promise<Outcome> {
  const { folder, project, alias, code, found, interactive } = options
  const { values, questions } = code
  const missing = questions.filter(({ name }) => !(name in values))
  const answers = missing.map(({ name, default: value }) => ({
    name,
    value: found[name] ?? (interactive || name === DECISION ? undefined : value),
  }))
  const written = answers.filter(({ value }) => value !== undefined)
  const undecided = answers.filter(({ value }) => value === undefined).map(({ name }) => name)
  const file = fileOf(folder, project, alias)
  const lines = written.map(({ name, value }) => `${name}=${value}`)
  const findings: Found[] = []
  if (lines.length > 0) {
    findings.push({
      state: 'change',
      found: `${written.map(({ name }) => name).join(', ')} not set`,
      expected: `writes ${lines.join(', ')} to ${file}`,
    })
  }
  if (undecided.length > 0) {
    const names = undecided.join(', ')
    findings.push(
      interactive
        ? {
            state: 'change',
            found: `${names} not set`,
            expected: `asks for the values, and writes them to ${file}`,
          }
        : {
            state: 'problem',
            found: `${names} not set, and there is no terminal to ask`,
            expected: `a value in ${file} (docs/configuration.md)`,
            command: `$EDITOR ${file}`,
          },
    )
  }
  if (findings.length === 0)
    findings.push({ state: 'ok', found: `all ${questions.length} questions are answered in the files` })
  const does = `writes ${lines.join(', ')} to ${file}`
  return {
    value: undefined,
    findings,
    ...(lines.length > 0 && { steps: [{ name: 'settings', does, run: async () => append(file, lines) }] }),
  }
}

/** firebase-tools reads the file of the project or of its alias, and refuses to have both. */
function fileOf(folder: string, project: string, alias: string | undefined): string {
  const ofAlias = alias && join(folder, `.env.${alias}`)
  return ofAlias && existsSync(ofAlias) ? ofAlias : join(folder, `.env.${project}`)
}

function append(file: string, lines: string[]): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const separator = text === '' || text.endsWith('\n') ? '' : '\n'
  appendFileSync(file, `${separator}${lines.join('\n')}\n`)
}
