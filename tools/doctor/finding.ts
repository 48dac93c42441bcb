/**
 * The result of a check. `unknown`: the check could not run, which never counts as `ok`. `change`: the
 * deployment makes the expected value true; the doctor never returns it.
 */
export type Finding = {
  check: string
  state: 'ok' | 'problem' | 'unknown' | 'change'
  /** The current value, or the reason why the check could not run. Never contains secrets. */
  found: string
  /** The expected value. */
  expected?: string
  /** The command that fixes the problem, or that enables the check. */
  command?: string
  /** Recommendations that are not problems. */
  notes?: string[]
}

/** A check could not run: a missing permission, no response, or a response in an unexpected format. */
export class CannotCheck extends Error {
  override readonly name = 'CannotCheck'
  /** The command that enables the check. */
  readonly command: string | undefined

  constructor(message: string, options: { command?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.command = options.command
  }
}

/** A check returns its findings without its name. It can return none if another check reports the problem. */
export type Check = { name: string; run: () => Promise<Omit<Finding, 'check'>[]> }

/** Runs a check. CannotCheck becomes a finding, other errors are bugs and are thrown. */
export async function runCheck({ name, run }: Check): Promise<Finding[]> {
  try {
    return (await run()).map((finding) => ({ check: name, ...finding }))
  } catch (error) {
    if (!(error instanceof CannotCheck)) throw error
    const { message, command } = error
    return [{ check: name, state: 'unknown', found: message, ...(command && { command }) }]
  }
}

/** The exit code: 0 all checks passed, 1 there are problems, 2 some checks could not run. */
export function exitCodeOf(findings: Finding[]): 0 | 1 | 2 {
  if (findings.some(({ state }) => state === 'problem')) return 1
  return findings.some(({ state }) => state === 'unknown') ? 2 : 0
}
