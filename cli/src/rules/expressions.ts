import type { Reader } from './reader.ts'
import type { Expression } from './tree.ts'

export const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y

/** Binary operators, from the one that binds least. Longer operators come before their prefixes. */
const OPERATORS = [
  [/\|\|/y],
  [/&&/y],
  [/==|!=/y],
  [/<=|>=|<|>|in(?!\w)|is(?!\w)/y],
  [/\+|-/y],
  [/\*|\/|%/y],
] as const

const OTHER: Expression = { kind: 'other' }

/** @throws RulesSyntaxError */
export function readExpression(reader: Reader): Expression {
  const test = readBinary(reader, 0)
  if (!reader.sign('?')) return test
  const yes = readExpression(reader)
  reader.expectSign(':')
  return { kind: 'conditional', test, yes, no: readExpression(reader) }
}

function readBinary(reader: Reader, level: number): Expression {
  const operators = OPERATORS[level]
  if (!operators) return readUnary(reader)
  let left = readBinary(reader, level + 1)
  for (;;) {
    const operator = reader.take(operators[0])
    if (operator === undefined) return left
    left = { kind: 'binary', operator, left, right: readBinary(reader, level + 1) }
  }
}

function readUnary(reader: Reader): Expression {
  if (reader.take(/!(?!=)/y)) return { kind: 'not', operand: readUnary(reader) }
  if (reader.sign('-')) {
    readUnary(reader)
    return OTHER
  }
  return readPostfix(reader)
}

function readPostfix(reader: Reader): Expression {
  let expression = readPrimary(reader)
  for (;;) {
    if (reader.sign('.')) {
      expression = { kind: 'member', object: expression, property: reader.expect(IDENTIFIER, 'a name') }
    } else if (reader.sign('[')) {
      const index = readExpression(reader)
      const isRange = reader.sign(':')
      if (isRange) readExpression(reader)
      reader.expectSign(']')
      expression = isRange ? OTHER : { kind: 'index', object: expression, index }
    } else if (reader.sign('(')) {
      expression = { kind: 'call', callee: expression, arguments: readList(reader, ')') }
    } else {
      return expression
    }
  }
}

function readPrimary(reader: Reader): Expression {
  if (reader.sign('(')) {
    const expression = readExpression(reader)
    reader.expectSign(')')
    return expression
  }
  if (reader.sign('[')) return { kind: 'list', items: readList(reader, ']') }
  if (reader.sign('{')) {
    readMap(reader)
    return OTHER
  }
  const text = reader.take(/[rb]?(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/y)
  if (text !== undefined) return readText(text)
  const number = reader.take(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y)
  if (number !== undefined) return readNumber(number)
  if (reader.sign('/')) {
    readPath(reader)
    return OTHER
  }
  const name = reader.expect(IDENTIFIER, 'an expression')
  if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true' }
  return name === 'null' ? { kind: 'literal', value: null } : { kind: 'name', name }
}

/** Texts with escapes are compared with nothing, so they are not decoded. Bytes differ from every text. */
function readText(token: string): Expression {
  if (token.startsWith('b') || token.includes('\\')) return OTHER
  return { kind: 'literal', value: token.replace(/^r/, '').slice(1, -1) }
}

/** Rules have integers of 64 bits: larger ones than in JavaScript must not become equal here. */
function readNumber(token: string): Expression {
  const value = Number(token)
  const isExact = /^(?:0|[1-9]\d*)$/.test(token) && Number.isSafeInteger(value)
  return isExact ? { kind: 'literal', value } : OTHER
}

function readList(reader: Reader, end: string): Expression[] {
  const items: Expression[] = []
  while (!reader.sign(end)) {
    items.push(readExpression(reader))
    if (reader.sign(',')) continue
    reader.expectSign(end)
    break
  }
  return items
}

function readMap(reader: Reader): void {
  while (!reader.sign('}')) {
    readExpression(reader)
    reader.expectSign(':')
    readExpression(reader)
    if (reader.sign(',')) continue
    reader.expectSign('}')
    return
  }
}

/** The rest of a path such as `/databases/$(database)/documents/users/$(request.auth.uid)`. */
function readPath(reader: Reader): void {
  do {
    if (reader.takeHere(/\$\(/y)) {
      readExpression(reader)
      reader.expectSign(')')
    } else {
      reader.takeHere(/[A-Za-z0-9_.~-]+|\((?:default)\)/y)
    }
  } while (reader.takeHere(/\//y))
}
