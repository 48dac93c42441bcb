import { endOfString } from './json-string.ts'

/** A piece of damaged JSON that was one object: `whole` if it has both braces. */
export type Fragment = { text: string; whole: boolean }

/** `names`: the first of its keys. */
type Open = { bracket: number; start: number; found: boolean; names: string[] }

const [QUOTE, COMMA, COLON] = [0x22, 0x2c, 0x3a]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]
const SPACE = 0x20
/** The last character of a mask token, `<seg_4>`. */
const GREATER = 0x3e
const MAX_KEY = 40
const MAX_NAMES = 10
/** White space and a brace after a quote where an entry is due: the quote is one too many. */
const STRAY_QUOTE = /\s+\{/y
/** Not that of a box, which may be the first of an entry whose opening brace is missing. */
const NEXT_KEY = /\s{0,40},\s{0,40}"(?!b?box|\w{0,20}2d)(\w{1,40})"\s{0,8}:/iy

/**
 * The objects in damaged JSON, by brackets and strings alone: of those that lie within one another the outermost that holds one of
 * `keys`. Brackets that are missing or of the wrong kind end what they must have been meant to end. Takes time in proportion to the
 * text's length.
 */
export function objectsWith(keys: RegExp, text: string): Fragment[] {
  const scan = new Scan(keys, text)
  for (let i = 0; i < text.length; ) i = scan.step(i)
  scan.endOfText()
  return scan.fragments
}

class Scan {
  readonly fragments: Fragment[] = []
  private readonly keys: RegExp
  private readonly text: string
  private readonly open: Open[] = []
  private openLists = 0
  private openObjects = 0
  /** How many of the open objects hold one of the keys: within the first of them nothing else is looked for. */
  private found = 0
  /** The string (without its quotes) or word before the next colon. */
  private wordStart = 0
  private wordEnd = 0
  /** The last character that was no white space. */
  private last = 0

  constructor(keys: RegExp, text: string) {
    this.keys = keys
    this.text = text
  }

  /** @returns the index of the next character to look at */
  step(at: number): number {
    const character = this.text.charCodeAt(at)
    if (character <= SPACE) return at + 1
    this.act(character, at)
    const before = this.last
    this.last = character
    // A quote after a word closes a string whose opening quote is missing. Outside of brackets there is prose.
    const opens =
      character === QUOTE && this.open.length > 0 && before !== GREATER && !isWordCharacter(before)
    if (opens && !this.isStrayQuote(at, before)) return this.string(at)
    return isWordCharacter(character) ? this.word(at) : at + 1
  }

  endOfText(): void {
    while (this.open.length > 0) this.pop(this.text.length, false)
  }

  private act(character: number, at: number): void {
    if (character === OPEN_OBJECT || character === OPEN_LIST) this.push(character, at)
    else if (character === CLOSE_OBJECT) this.close(OPEN_OBJECT, at)
    else if (character === CLOSE_LIST) this.close(OPEN_LIST, at)
    else if (character === COLON) this.key()
  }

  private isStrayQuote(at: number, before: number): boolean {
    if (before !== OPEN_LIST && before !== COMMA) return false
    STRAY_QUOTE.lastIndex = at + 1
    return STRAY_QUOTE.test(this.text)
  }

  private string(at: number): number {
    const end = endOfString(this.text, at)
    this.wordStart = at + 1
    this.wordEnd = this.text.charCodeAt(end - 1) === QUOTE ? end - 1 : end
    return end
  }

  private word(at: number): number {
    let end = at + 1
    while (isWordCharacter(this.text.charCodeAt(end))) end++
    this.wordStart = at
    this.wordEnd = end
    return end
  }

  private push(bracket: number, at: number): void {
    const around = this.open.at(-1)
    // An object where a key was due: the closing brace of the one before is missing.
    if (bracket === OPEN_OBJECT && around?.bracket === OPEN_OBJECT && around.found && this.last !== COLON) {
      this.pop(at, false)
    }
    this.open.push({ bracket, start: at, found: false, names: [] })
    if (bracket === OPEN_LIST) this.openLists++
    else this.openObjects++
  }

  private close(bracket: number, at: number): void {
    if ((bracket === OPEN_LIST ? this.openLists : this.openObjects) === 0) return
    if (this.isStray(bracket, at)) return
    while (this.open.at(-1)?.bracket !== bracket) this.pop(at, false)
    this.pop(at + 1, true)
  }

  /**
   * A key can only follow within an object: a bracket that would end the object before it is one too many. Unless the object has that key
   * already: then it is the next one, whose opening brace is missing.
   */
  private isStray(bracket: number, at: number): boolean {
    const top = this.open.at(-1)
    const matches = top?.bracket === bracket
    if (matches && this.open.at(-2)?.bracket === OPEN_OBJECT) return false
    NEXT_KEY.lastIndex = at + 1
    const name = NEXT_KEY.exec(this.text)?.[1]
    if (name === undefined) return false
    return !(matches && bracket === OPEN_OBJECT && top.names.includes(name))
  }

  private pop(end: number, whole: boolean): void {
    const { bracket, start, found } = this.open.pop()!
    if (bracket === OPEN_LIST) this.openLists--
    else this.openObjects--
    if (!found) return
    this.found--
    if (this.found === 0) this.fragments.push({ text: this.text.slice(start, end), whole })
  }

  private key(): void {
    const object = this.open.at(-1)
    if (object?.bracket !== OPEN_OBJECT || this.wordEnd - this.wordStart > MAX_KEY) return
    if (object.found && object.names.length >= MAX_NAMES) return
    const name = this.text.slice(this.wordStart, this.wordEnd)
    if (object.names.length < MAX_NAMES) object.names.push(name)
    if (object.found || !this.keys.test(name)) return
    object.found = true
    this.found++
  }
}

function isWordCharacter(code: number): boolean {
  // Digits, letters, and the underscore; not `NaN`, which is the end of the text.
  return (code > 47 && code < 58) || (code > 64 && code < 91) || (code > 96 && code < 123) || code === 95
}
