import { IDENTIFIER, readExpression } from './expressions.ts'
import { Reader } from './reader.ts'
import type { Allow, Block, Match, RulesFile, RulesFunction, Segment, Service } from './tree.ts'

const METHOD = /(?:read|write|get|list|create|update|delete)(?!\w)/y

/**
 * Parses storage.rules or firestore.rules.
 * @throws RulesSyntaxError
 */
export function parseRules(text: string): RulesFile {
  const reader = new Reader(text)
  let version: string | undefined
  if (reader.word('rules_version')) {
    reader.expectSign('=')
    version = reader.expect(/'[^']*'|"[^"]*"/y, 'a version').slice(1, -1)
    reader.sign(';')
  }
  const functions: RulesFunction[] = []
  const services: Service[] = []
  while (!reader.isAtEnd()) {
    if (reader.word('function')) {
      addFunction(functions, reader)
      continue
    }
    if (!reader.word('service')) reader.fail('"service" or "function"')
    const name = reader.expect(/[a-z.]+/y, 'the name of a service')
    services.push({ name, ...readBlock(reader) })
  }
  return { version, functions, services }
}

function readBlock(reader: Reader): Block {
  reader.expectSign('{')
  const block: Block = { functions: [], allows: [], matches: [], bodyStart: reader.at, bodyEnd: 0 }
  for (;;) {
    reader.skipSpace()
    const start = reader.at
    if (reader.word('match')) block.matches.push(readMatch(reader, start))
    else if (reader.word('allow')) block.allows.push(readAllow(reader, start))
    else if (reader.word('function')) addFunction(block.functions, reader)
    else break
  }
  block.bodyEnd = reader.at
  if (!reader.sign('}')) reader.fail('"match", "allow", "function" or "}"')
  return block
}

function addFunction(functions: RulesFunction[], reader: Reader): void {
  reader.skipSpace()
  const start = reader.at
  const added = readFunction(reader)
  if (functions.some(({ name }) => name === added.name)) {
    reader.at = start
    reader.fail(`another name, because the function ${added.name}() exists already`)
  }
  functions.push(added)
}

function readMatch(reader: Reader, start: number): Match {
  reader.skipSpace()
  const path: Segment[] = []
  while (reader.takeHere(/\//y)) path.push(readSegment(reader))
  if (path.length === 0) reader.fail('a path such as /users/{uid}')
  return { path, start, ...readBlock(reader), end: reader.at }
}

function readSegment(reader: Reader): Segment {
  const wildcard = reader.takeHere(/\{\s*[A-Za-z_]\w*\s*(?:=\s*\*{1,2}\s*)?\}(?=[/\s{])/y)
  if (wildcard) {
    const name = /\w+/.exec(wildcard)?.[0] ?? ''
    return { kind: wildcard.includes('**') ? 'rest' : 'one', name }
  }
  const start = reader.at
  const text = reader.takeHere(/(?:[^\s/{}$*\\'"]|\{\w+\}(?!\s*\{))+/y)
  if (text === undefined) reader.fail('a segment of a path')
  // A wildcard within a segment, such as {id}.png: treated as a wildcard for the whole segment.
  if (text.includes('{')) return { kind: 'one', name: '' }
  if (!text.includes('%')) return { kind: 'literal', text }
  const decoded = decodedOf(text)
  if (decoded) return { kind: 'literal', text, decoded }
  reader.at = start
  reader.fail('a segment whose percent signs stand for characters other than /')
}

/** The emulator decodes percent signs (firebase-tools 15.34.2). Undefined if the text is not valid, or has a slash. */
function decodedOf(text: string): string[] | undefined {
  const found = [text]
  try {
    // Until nothing is left to decode: a text can be encoded twice.
    for (let last = text; last.includes('%'); last = found.at(-1) ?? '') found.push(decodeURIComponent(last))
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
  return found.some((name) => name.includes('/')) ? undefined : found
}

function readAllow(reader: Reader, start: number): Allow {
  const methods = [reader.expect(METHOD, 'a method such as read')]
  while (reader.sign(',')) methods.push(reader.expect(METHOD, 'a method such as read'))
  // Without a condition, the methods are always allowed.
  let condition: Allow['condition'] = { kind: 'literal', value: true }
  if (reader.sign(':')) {
    if (!reader.word('if')) reader.fail('"if"')
    condition = readExpression(reader)
  }
  const end = reader.at
  reader.sign(';')
  return { methods, condition, start, end }
}

function readFunction(reader: Reader): RulesFunction {
  const name = reader.expect(IDENTIFIER, 'the name of a function')
  const parameters: string[] = []
  reader.expectSign('(')
  while (!reader.sign(')')) {
    parameters.push(reader.expect(IDENTIFIER, 'a parameter'))
    if (reader.sign(',')) continue
    reader.expectSign(')')
    break
  }
  reader.expectSign('{')
  const variables: RulesFunction['variables'] = []
  while (reader.word('let')) {
    const variable = reader.expect(IDENTIFIER, 'the name of a variable')
    reader.expectSign('=')
    variables.push({ name: variable, value: readExpression(reader) })
    reader.sign(';')
  }
  if (!reader.word('return')) reader.fail('"return"')
  const result = readExpression(reader)
  reader.sign(';')
  reader.expectSign('}')
  return { name, parameters, variables, result }
}
