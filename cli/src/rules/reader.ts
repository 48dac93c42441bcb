/** The text is not valid in the rules language, or uses syntax that the parser does not know. */
export class RulesSyntaxError extends Error {
  override readonly name = 'RulesSyntaxError'
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

const SPACE = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y

/** Reads a text from the start to the end. Whitespace and comments before a token are skipped. */
export class Reader {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  /** Reads a token if it is next. The pattern must be sticky. */
  take(pattern: RegExp): string | undefined {
    this.skipSpace()
    return this.takeHere(pattern)
  }

  /** The same without skipping whitespace. */
  takeHere(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found) this.at += found.length
    return found || undefined
  }

  /** Reads a sign such as `{`, if it is next. */
  sign(sign: string): boolean {
    this.skipSpace()
    if (!this.text.startsWith(sign, this.at)) return false
    this.at += sign.length
    return true
  }

  /** Reads a word such as `match`, if it is next. */
  word(word: string): boolean {
    return this.take(new RegExp(`${word}(?![A-Za-z0-9_])`, 'y')) !== undefined
  }

  /** @throws RulesSyntaxError if the sign is not next */
  expectSign(sign: string): void {
    if (!this.sign(sign)) this.fail(`"${sign}"`)
  }

  /** @throws RulesSyntaxError if the token is not next */
  expect(pattern: RegExp, expected: string): string {
    return this.take(pattern) ?? this.fail(expected)
  }

  isAtEnd(): boolean {
    this.skipSpace()
    return this.at >= this.text.length
  }

  /** @throws RulesSyntaxError */
  fail(expected: string): never {
    this.skipSpace()
    const found = /\S{1,20}/y
    found.lastIndex = this.at
    const text = found.exec(this.text)?.[0]
    throw new RulesSyntaxError(
      lineAt(this.text, this.at),
      `expected ${expected}, found ${text === undefined ? 'the end of the file' : `"${text}"`}`,
    )
  }

  skipSpace(): void {
    SPACE.lastIndex = this.at
    this.at += SPACE.exec(this.text)?.[0].length ?? 0
  }
}

/** The number of the line that contains an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
