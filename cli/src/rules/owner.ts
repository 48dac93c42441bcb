import type { Area } from './areas.ts'
import { isFree, type Scope, segmentAt, type Term, unfold, valueOf } from './conditions.ts'
import type { Expression } from './tree.ts'

/** Whether a condition is true only for requests of the user to whom the path or document belongs. */
export function isOwnerOnly(condition: Expression, scope: Scope, area: Area): boolean {
  return restricts(condition, true, { scope, area, depth: 0 })
}

type Context = { scope: Scope; area: Area; depth: number }

/** Whether a condition can have the wanted value only for requests of the owner. */
function restricts(condition: Expression, wanted: boolean, { scope, area, depth }: Context): boolean {
  if (valueOf(condition, scope, depth) === !wanted) return true
  const term = unfold(condition, scope, depth)
  if (!term || !('expression' in term)) return false
  const { expression, scope: inner } = term
  const check = (part: Expression, value: boolean) =>
    restricts(part, value, { scope: inner, area, depth: depth + 1 })
  if (expression.kind === 'not') return check(expression.operand, !wanted)
  if (expression.kind === 'conditional') {
    const { test, yes, no } = expression
    return (check(test, true) || check(yes, wanted)) && (check(test, false) || check(no, wanted))
  }
  if (expression.kind !== 'binary') return false
  const { operator, left, right } = expression
  if (operator === '&&' || operator === '||') {
    const needsBoth = (operator === '&&') === wanted
    return needsBoth
      ? check(left, wanted) || check(right, wanted)
      : check(left, wanted) && check(right, wanted)
  }
  const termOf = (part: Expression) => unfold(part, inner, depth + 1)
  if (operator === 'in' && wanted) {
    const list = termOf(right)
    if (!list || !('expression' in list) || list.expression.kind !== 'list') return false
    return list.expression.items.every((item) =>
      isOwnerComparison(termOf(left), unfold(item, list.scope, depth + 1), area),
    )
  }
  return operator === (wanted ? '==' : '!=') && isOwnerComparison(termOf(left), termOf(right), area)
}

/** Whether two terms can be equal only for the owner. */
function isOwnerComparison(left: Term, right: Term, area: Area): boolean {
  const both = [left, right]
  // A document that does not exist belongs to no other user.
  if (area.ownerField && both.some((side) => isFree(side, ['resource'])) && both.some(isNull)) return true
  return (
    both.some((side) => isFree(side, ['request', 'auth', 'uid'])) && both.some((side) => isOwner(side, area))
  )
}

function isOwner(term: Term, { ownerField }: Area): boolean {
  if (!term) return false
  if ('segments' in term) return !term.isRest && term.segments[0]?.kind === 'owner'
  const segment = segmentAt(term.expression, term.scope, 0)
  if (segment) return segment.kind === 'owner'
  if (ownerField === undefined) return false
  return isFree(term, ['resource', 'data', ownerField]) || isGetOf(ownerField, term)
}

/** Whether a term is `resource.data.get(field, default)`, with a default that is no user id. */
function isGetOf(field: string, term: Term): boolean {
  if (!term || !('expression' in term) || term.expression.kind !== 'call') return false
  const { callee, arguments: given } = term.expression
  const [key, fallback] = given
  if (callee.kind !== 'member' || callee.property !== 'get' || given.length !== 2) return false
  return (
    key?.kind === 'literal' &&
    key.value === field &&
    fallback?.kind === 'literal' &&
    (fallback.value === '' || fallback.value === null) &&
    isFree(unfold(callee.object, term.scope, 0), ['resource', 'data'])
  )
}

const isNull = (term: Term) =>
  term !== undefined &&
  'expression' in term &&
  term.expression.kind === 'literal' &&
  term.expression.value === null
