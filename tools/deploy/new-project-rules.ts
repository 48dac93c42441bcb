import { isDeepStrictEqual } from 'node:util'
import { parseRules } from '../../cli/src/rules/parse.ts'
import { RulesSyntaxError } from '../../cli/src/rules/reader.ts'
import type { Block, Expression } from '../../cli/src/rules/tree.ts'

/**
 * Whether these are the rules of a new project: nothing is allowed, or everything until a date ("test mode").
 * templates/init/{firestore,storage} of firebase-tools 15.34.2.
 */
export function isNewProjectRules(text: string): boolean {
  try {
    const blocks = parseRules(text).services.flatMap((service) => withInner(service))
    const conditions = blocks.flatMap(({ allows }) => allows.map(({ condition }) => condition))
    const [condition] = conditions
    return (
      blocks.every(({ functions }) => functions.length === 0) &&
      condition !== undefined &&
      conditions.length === 1 &&
      (isFalse(condition) || isUntilDate(condition))
    )
  } catch (error) {
    if (error instanceof RulesSyntaxError) return false
    throw error
  }
}

const withInner = (block: Block): Block[] => [block, ...block.matches.flatMap((match) => withInner(match))]

const isFalse = (condition: Expression) => condition.kind === 'literal' && condition.value === false

const member = (object: string, property: string): Expression => ({
  kind: 'member',
  object: { kind: 'name', name: object },
  property,
})

/** `request.time < timestamp.date(2026, 12, 30)` */
function isUntilDate(condition: Expression): boolean {
  if (condition.kind !== 'binary' || condition.operator !== '<') return false
  const { left, right } = condition
  return (
    isDeepStrictEqual(left, member('request', 'time')) &&
    right.kind === 'call' &&
    isDeepStrictEqual(right.callee, member('timestamp', 'date')) &&
    right.arguments.every((part) => part.kind === 'literal' && typeof part.value === 'number')
  )
}
