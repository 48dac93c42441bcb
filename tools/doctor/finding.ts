/**
 * How a check has ended. `ok`: it was seen to be right. `mend`: it was seen to be wrong. `unknown`: it could not be seen, which is never
 * `ok`.
 */
export type Finding = {
  check: string
  state: 'ok' | 'mend' | 'unknown'
  /** What is there, or why nobody could look. Never anything secret. */
  found: string
  /** What would be right. */
  right?: string
  /** The command that mends it, or lets the doctor look. */
  command?: string
  /** What is worth knowing, and not wrong. */
  advice?: string[]
}

/** What could not be seen, and why: no permission, no answer, an answer in no form that we know. */
export class CannotLook extends Error {
  override readonly name = 'CannotLook'
  /** What lets the doctor look. */
  readonly command: string | undefined

  constructor(message: string, options: { command?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.command = options.command
  }
}

/** A check without its name, which `examine` adds: one that has nothing to say found nothing wrong that others have not said. */
export type Check = { name: string; look: () => Promise<Omit<Finding, 'check'>[]> }

/** Runs a check. What could not be seen is a finding as well; a bug is not, and surfaces. */
export async function examine({ name, look }: Check): Promise<Finding[]> {
  try {
    return (await look()).map((finding) => ({ check: name, ...finding }))
  } catch (error) {
    if (!(error instanceof CannotLook)) throw error
    const { message, command } = error
    return [{ check: name, state: 'unknown', found: message, ...(command && { command }) }]
  }
}

/** What `npm run doctor` ends with: 0 when all is well, 1 when there is something to mend, 2 when something could not be seen. */
export function exitCodeOf(findings: Finding[]): 0 | 1 | 2 {
  if (findings.some(({ state }) => state === 'mend')) return 1
  return findings.some(({ state }) => state === 'unknown') ? 2 : 0
}
