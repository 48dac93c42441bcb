/** A verbatim piece of this many letters and digits is always found, a shorter one than WINDOW never. */
const PIECE = 40
const STEP = 10
const WINDOW = PIECE - STEP + 1

/** Pieces of a system instruction, of which an answer must contain none. */
export class SystemText {
  private readonly windows: string[]

  constructor(instruction: string) {
    const letters = lettersOf(instruction)
    const starts = Math.max(0, Math.floor((letters.length - WINDOW) / STEP) + 1)
    this.windows = Array.from({ length: starts }, (_, index) =>
      letters.slice(index * STEP, index * STEP + WINDOW),
    )
  }

  /** Whether a text repeats a part of the instruction, apart from case, spaces, punctuation and JSON escapes. */
  isIn(text: string): boolean {
    const letters = lettersOf(text)
    return this.windows.some((window) => letters.includes(window))
  }
}

function lettersOf(text: string): string {
  return text
    .replace(/\\u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\[nrtbf]/g, ' ')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}
