import { type Check, type Finding, runCheck } from '../doctor/finding.ts'

/** A finding without the name of its check. */
export type Found = Omit<Finding, 'check'>

/** A change that the deployment makes. */
export type Step = {
  name: string
  /** What the step does, as a sentence without a full stop. */
  does: string
  run: () => Promise<void>
}

/** The result of a check: findings, a value for later checks, and the steps that make the changes. */
export type Outcome<T = undefined> = { findings: Found[]; value: T; steps?: Step[] }

export type CheckOptions = {
  /** The deployment must not continue without the result. */
  required?: boolean
  /** The API that the check needs, such as `firestore`. */
  api?: string
}

/** Runs the checks before a deployment one after the other, and collects their findings and steps. */
export class Inspection {
  readonly findings: Finding[] = []
  readonly steps: Step[] = []
  #disabled = new Set<string>()

  /** Checks of these APIs (`firestore.googleapis.com`) cannot run. */
  setDisabled(apis: string[]): void {
    this.#disabled = new Set(apis)
  }

  isEnabled(api: string): boolean {
    return !this.#disabled.has(`${api}.googleapis.com`)
  }

  /**
   * Runs one check.
   * @returns the value of the check; undefined if the check could not run
   */
  async check<T>(
    name: string,
    run: () => Promise<Outcome<T>>,
    options: CheckOptions = {},
  ): Promise<T | undefined> {
    const { required = false, api } = options
    if (api && !this.isEnabled(api)) {
      const found = `cannot be read before ${api}.googleapis.com is enabled`
      this.findings.push({ check: name, state: 'unknown', found })
      return undefined
    }
    let outcome: Outcome<T> | undefined
    const check: Check = {
      name,
      run: async () => {
        outcome = await run()
        return outcome.findings
      },
    }
    for (const finding of await runCheck(check)) {
      const expected = 'a result, because the deployment depends on it'
      const blocks = required && finding.state === 'unknown'
      this.findings.push(blocks ? { ...finding, state: 'problem', expected } : finding)
    }
    this.steps.push(...(outcome?.steps ?? []))
    return outcome?.value
  }

  isBlocked(): boolean {
    return this.findings.some(({ state }) => state === 'problem')
  }
}
