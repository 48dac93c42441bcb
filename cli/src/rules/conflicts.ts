import { type Area, type Bindings, overlaps } from './areas.ts'
import { isNever, type Scope } from './conditions.ts'
import { isOwnerOnly } from './owner.ts'
import { lineAt } from './reader.ts'
import type { Allow, Block, RulesFile, Segment } from './tree.ts'

/** A rule that lets clients write paths of Firesight, or read documents and files of other users. */
export type Conflict = {
  line: number
  /** The path of the rule, and its text. */
  path: string
  rule: string
  effect: 'write' | 'read'
  /** The areas where the rule applies. */
  areas: string[]
}

const WRITE = ['write', 'create', 'update', 'delete']
const READ = ['read', 'get', 'list']

/**
 * Finds rules that conflict with Firesight. Rules are combined with OR, so no added rule can restrict them. A
 * rule without a conflict is proved to be harmless; a rule with one may be harmless for reasons that only its
 * author knows.
 */
export function findConflicts(text: string, file: RulesFile, service: string, areas: Area[]): Conflict[] {
  return file.services
    .filter(({ name }) => name === service)
    .flatMap((block) => {
      const outermost = { ...block, functions: file.functions, allows: [], matches: [] }
      return conflictsOf(
        text,
        [outermost, block].map((level) => ({ path: [], block: level })),
        areas,
      )
    })
}

/** A block, and the part of its path that its own `match` has. */
export type Level = { path: Segment[]; block: Block }

function conflictsOf(text: string, levels: Level[], areas: Area[]): Conflict[] {
  const block = levels.at(-1)?.block
  if (!block) return []
  const path = levels.flatMap((level) => level.path)
  const found = block.allows.flatMap((allow) =>
    (['write', 'read'] as const).flatMap((effect) => {
      const affected = areas.filter((area) => isAffected(allow, effect, levels, area))
      if (affected.length === 0) return []
      return {
        line: lineAt(text, allow.start),
        path: path.map(segmentText).join(''),
        rule: text.slice(allow.start, allow.end).trim().replaceAll(/\s+/g, ' '),
        effect,
        areas: affected.map(({ name }) => name),
      }
    }),
  )
  const nested = block.matches.flatMap((match) =>
    conflictsOf(text, [...levels, { path: match.path, block: match }], areas),
  )
  return [...found, ...nested]
}

function isAffected(allow: Allow, effect: Conflict['effect'], levels: Level[], area: Area): boolean {
  const methods = effect === 'write' ? WRITE : READ
  const relevant = allow.methods.filter(
    (method) =>
      methods.includes(method) && (!area.methods || method === effect || area.methods.includes(method)),
  )
  if (relevant.length === 0) return false
  if (effect === 'write' && area.methods) return false
  if (effect === 'read' && area.readers === 'anyone') return false
  const path = levels.flatMap((level) => level.path)
  return overlaps(path, area).some((bindings) => {
    const scope = scopeOf(levels, bindings)
    if (effect === 'read' && area.readers === 'owner') return !isOwnerOnly(allow.condition, scope, area)
    return !isNever(allow.condition, scope)
  })
}

/** The scope of a rule: the wildcards and functions of all blocks around it. */
export function scopeOf(levels: Level[], bindings: Bindings): Scope {
  let scope: Scope | undefined
  let at = 0
  for (const { path, block } of levels) {
    const own = bindings.slice(at, at + path.length)
    at += path.length
    scope = {
      variables: new Map(
        own
          .filter(({ name }) => name)
          .map(({ name, segments, isRest }) => [name, { kind: 'wildcard', segments, isRest }]),
      ),
      functions: new Map(block.functions.map((definition) => [definition.name, definition])),
      parent: scope,
    }
  }
  if (!scope) throw new Error('A rule has no block around it')
  return scope
}

export function segmentText(segment: Segment): string {
  if (segment.kind === 'literal') return `/${segment.text}`
  return segment.kind === 'one' ? `/{${segment.name}}` : `/{${segment.name}=**}`
}
