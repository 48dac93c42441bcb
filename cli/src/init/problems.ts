/** `firesight init` cannot continue. Each problem says what was found, and how to fix it. */
export class InitRefused extends Error {
  override readonly name = 'InitRefused'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n\n'))
    this.problems = problems
  }
}
