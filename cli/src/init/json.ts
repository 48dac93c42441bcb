import { findNodeAtLocation, type Node, type ParseError, parse, parseTree } from 'jsonc-parser'
import { InitRefused } from './problems.ts'

type Path = (string | number)[]

/**
 * Parses JSON with comments, which the Firebase CLI accepts too.
 * @throws InitRefused if the text is not valid
 */
export function readJson(file: string, text: string | undefined): Record<string, unknown> {
  if (!text?.trim()) return {}
  const errors: ParseError[] = []
  const value: unknown = parse(text, errors, { allowTrailingComma: true })
  const [error] = errors
  if (error || typeof value !== 'object' || value === null || Array.isArray(value)) {
    const line = text.slice(0, error?.offset ?? 0).split('\n').length
    throw new InitRefused([
      `${file}:${line}: not a valid JSON object. Fix the file, and run the command again.`,
    ])
  }
  return value as Record<string, unknown>
}

/** Sets a value, and adds the objects around it that are missing. The rest of the text stays as it is. */
export function setJson(text: string | undefined, path: Path, value: unknown): string {
  const original = text?.trim() ? text : '{}\n'
  const tree = parseTree(original)
  const present = tree && findNodeAtLocation(tree, path)
  if (present) {
    const { offset, length } = present
    return original.slice(0, offset) + JSON.stringify(value) + original.slice(offset + length)
  }
  const found = path.map((_, length) => tree && findNodeAtLocation(tree, path.slice(0, length)))
  const depth = found.findLastIndex((node) => node !== undefined)
  const container = found[depth]
  const key = path[depth]
  if (!container || typeof key !== 'string') throw new Error(`Cannot set ${path.join('.')}`)
  const wrapped = path.slice(depth + 1).reduceRight((inner, name) => ({ [name]: inner }), value)
  return appendTo(original, container, wrapped, key)
}

/** Appends a value to an array. */
export function appendJson(text: string, path: Path, value: unknown): string {
  const tree = parseTree(text)
  const array = tree && findNodeAtLocation(tree, path)
  if (!array) throw new Error(`No array at ${path.join('.')}`)
  return appendTo(text, array, value)
}

/** Turns a value into an array with this value, whose text stays, and another one. */
export function wrapInArray(text: string, path: Path, second: unknown): string {
  const tree = parseTree(text)
  const node = tree && findNodeAtLocation(tree, path)
  if (!node) throw new Error(`No value at ${path.join('.')}`)
  const { step, eol } = styleOf(text)
  const margin = marginAt(text, node.offset)
  const first = text.slice(node.offset, node.offset + node.length).replaceAll('\n', `\n${step}`)
  const array = `[${eol}${margin}${step}${first}${eol}${margin}]`
  const wrapped = text.slice(0, node.offset) + array + text.slice(node.offset + node.length)
  return appendJson(wrapped, path, second)
}

/**
 * Appends a member to an object or array. jsonc-parser's own `modify()` also formats the lines around it.
 * A container on one line stays on one line.
 */
function appendTo(
  text: string,
  { offset, length, children = [] }: Node,
  value: unknown,
  key?: string,
): string {
  const close = offset + length - 1
  const { step, eol } = styleOf(text)
  const name = key === undefined ? '' : `${JSON.stringify(key)}: `
  const last = children.at(-1)
  const isInline = last !== undefined && !text.slice(offset, close).includes('\n')
  if (isInline) {
    const end = last.offset + last.length
    return `${text.slice(0, end)}, ${name}${JSON.stringify(value)}${text.slice(end)}`
  }
  const outer = marginAt(text, offset)
  const margin = last ? marginAt(text, last.offset) : outer + step
  const json = JSON.stringify(value, null, step).replaceAll('\n', `${eol}${margin}`)
  const end = last ? last.offset + last.length : offset + 1
  const rest = text.slice(end, close)
  const comma = !last || /^(?:\s|\/\/.*|\/\*[^]*?\*\/)*,/.test(rest) ? '' : ','
  return `${text.slice(0, end)}${comma}${rest.trimEnd()}${eol}${margin}${name}${json}${eol}${outer}${text.slice(close)}`
}

/** The indentation of the line that contains an offset. */
function marginAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? ''
}

function styleOf(text: string): { step: string; eol: string } {
  return { step: /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ', eol: text.includes('\r\n') ? '\r\n' : '\n' }
}
