import type { AreaSegment } from './areas.ts'
import type { Expression, RulesFunction } from './tree.ts'

/** The names that an expression can use. */
export type Scope = {
  variables: Map<string, Variable>
  functions: Map<string, RulesFunction>
  parent: Scope | undefined
  /** In the body of a function: the functions that are being called, this one last. */
  calling?: readonly RulesFunction[]
}

type Variable =
  /** A wildcard: the segments of the area to which it refers. */
  | { kind: 'wildcard'; segments: AreaSegment[]; isRest: boolean }
  /** An argument or a `let`: an expression in the scope where it was written. */
  | { kind: 'expression'; expression: Expression; scope: Scope }

type Scalar = string | number | boolean | null

/** An expression whose names and function calls are replaced by what they stand for. */
export type Term =
  | { expression: Expression; scope: Scope }
  | { segments: AreaSegment[]; isRest: boolean }
  | undefined

/** Deeper conditions are not analysed, which counts as a conflict. */
const MAX_DEPTH = 200

/** Whether a condition is false for every path of the area to which the scope binds the wildcards. */
export function isNever(condition: Expression, scope: Scope): boolean {
  return valueOf(condition, scope, 0) === false
}

/** Whether a term is a built-in value such as `request.auth.uid`. */
export function isFree(term: Term, path: string[]): boolean {
  if (!term || !('expression' in term)) return false
  const { expression, scope } = term
  const last = path.at(-1)
  if (path.length === 1) {
    return expression.kind === 'name' && expression.name === last // No variable: it would be unfolded.
  }
  const outer = path.slice(0, -1)
  if (expression.kind === 'member') {
    return expression.property === last && isFree(unfold(expression.object, scope, 0), outer)
  }
  if (expression.kind !== 'index') return false
  const isKey = expression.index.kind === 'literal' && expression.index.value === last
  return isKey && isFree(unfold(expression.object, scope, 0), outer)
}

/** The value of an expression, if it is the same for every path of the area. Undefined if it is unknown. */
export function valueOf(expression: Expression, scope: Scope, depth: number): Scalar | undefined {
  const term = unfold(expression, scope, depth)
  if (!term) return undefined
  if ('segments' in term) return term.isRest ? undefined : textOf(term.segments[0])
  const { expression: whole, scope: inner } = term
  const value = (part: Expression) => valueOf(part, inner, depth + 1)
  switch (whole.kind) {
    case 'literal':
      return whole.value
    case 'index':
      return textOf(segmentAt(whole, inner, depth))
    case 'not':
      return negated(value(whole.operand))
    case 'conditional': {
      const test = value(whole.test)
      if (typeof test === 'boolean') return value(test ? whole.yes : whole.no)
      const [yes, no] = [value(whole.yes), value(whole.no)]
      return yes === no ? yes : undefined
    }
    case 'binary':
      if (isOtherUser(whole, inner)) return false
      return valueOfBinary(whole.operator, whole.left, whole.right, value)
    case 'name':
    case 'member':
    case 'call':
    case 'list':
    case 'other':
      return undefined
  }
}

/**
 * Whether an expression compares the user id with a wildcard that stands for one of Firesight's folders or
 * collections, as `match /{uid}/{file}` does with `users/alice`. Assumes that no user id is such a name.
 */
function isOtherUser({ operator, left, right }: Binary, scope: Scope): boolean {
  if (operator !== '==') return false
  const both = [unfold(left, scope, 0), unfold(right, scope, 0)]
  return (
    both.some((side) => isFree(side, ['request', 'auth', 'uid'])) &&
    both.some((side) => side && 'segments' in side && !side.isRest && side.segments[0]?.kind === 'literal')
  )
}

type Binary = Extract<Expression, { kind: 'binary' }>

function valueOfBinary(
  operator: string,
  left: Expression,
  right: Expression,
  value: (part: Expression) => Scalar | undefined,
): boolean | undefined {
  if (operator === '&&' || operator === '||') {
    const decisive = operator === '||'
    const both = [value(left), value(right)]
    if (both.includes(decisive)) return decisive
    return both.every((side) => side === !decisive) ? !decisive : undefined
  }
  const item = value(left)
  if (item === undefined) return undefined
  if (operator === 'in' && right.kind === 'list') {
    const items = right.items.map(value)
    if (items.includes(item)) return true
    return items.includes(undefined) ? undefined : false
  }
  if (operator !== '==' && operator !== '!=') return undefined
  const other = value(right)
  return other === undefined ? undefined : (item === other) === (operator === '==')
}

const negated = (value: Scalar | undefined) => (typeof value === 'boolean' ? !value : undefined)

const textOf = (segment: AreaSegment | undefined) => (segment?.kind === 'literal' ? segment.text : undefined)

/** The segment for `document[0]`, where `document` is a wildcard of several segments. */
export function segmentAt(expression: Expression, scope: Scope, depth: number): AreaSegment | undefined {
  if (expression.kind !== 'index' || expression.index.kind !== 'literal') return undefined
  const object = unfold(expression.object, scope, depth + 1)
  if (!object || !('segments' in object) || !object.isRest) return undefined
  return typeof expression.index.value === 'number' ? object.segments[expression.index.value] : undefined
}

/** Replaces names by their values and calls by the results of the functions, at the top of an expression. */
export function unfold(expression: Expression, scope: Scope, depth: number): Term {
  if (depth > MAX_DEPTH) return undefined
  if (expression.kind === 'name') {
    const found = variable(expression.name, scope)
    if (!found) return { expression, scope }
    if (found.kind === 'wildcard') return found
    return unfold(found.expression, found.scope, depth + 1)
  }
  if (expression.kind !== 'call' || expression.callee.kind !== 'name') return { expression, scope }
  const found = rulesFunction(expression.callee.name, scope)
  if (!found) return { expression, scope }
  const callers = callersOf(scope)
  if (callers.includes(found.definition)) return undefined // The rules language allows no recursion.
  if (expression.arguments.length !== found.definition.parameters.length) return undefined
  const calling = [...callers, found.definition]
  const body: Scope = { variables: new Map(), functions: new Map(), parent: found.scope, calling }
  for (const [index, name] of found.definition.parameters.entries()) {
    const argument = expression.arguments[index]
    if (!argument) return undefined
    body.variables.set(name, { kind: 'expression', expression: argument, scope })
  }
  let inner = body
  for (const { name, value } of found.definition.variables) {
    const variables = new Map<string, Variable>([
      [name, { kind: 'expression', expression: value, scope: inner }],
    ])
    inner = { variables, functions: new Map(), parent: inner }
  }
  return unfold(found.definition.result, inner, depth + 1)
}

function callersOf(scope: Scope | undefined): readonly RulesFunction[] {
  return scope?.calling ?? (scope ? callersOf(scope.parent) : [])
}

function variable(name: string, scope: Scope): Variable | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const found = at.variables.get(name)
    if (found) return found
  }
  return undefined
}

function rulesFunction(name: string, scope: Scope): { definition: RulesFunction; scope: Scope } | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const definition = at.functions.get(name)
    if (definition) return { definition, scope: at }
  }
  return undefined
}
