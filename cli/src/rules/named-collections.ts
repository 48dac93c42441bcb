import { type Area, type AreaSegment, overlaps } from './areas.ts'
import { isNever } from './conditions.ts'
import { type Level, scopeOf, segmentText } from './conflicts.ts'
import { lineAt } from './reader.ts'
import type { Allow, RulesFile, Segment } from './tree.ts'

/** A place in rules that names a collection. `text`: the path of the match block, and the rule if it names it. */
export type NamedCollection = { collection: string; line: number; text: string }

const ROOT = 'databases/{database}/documents'.split('/').length
/** Rules rarely name a collection deeper than this in a condition. */
const MAX_PARENTS = 3

/**
 * Finds the places that name collections: paths such as `/products/{p}/images/{i}` and `/{path=**}/images/{i}`, and
 * conditions such as `collection in ['images']`.
 * @param own the paths that are not reported
 */
export function findNamedCollections(
  text: string,
  file: RulesFile,
  names: string[],
  own: Area[],
): NamedCollection[] {
  return file.services
    .filter(({ name }) => name === 'cloud.firestore')
    .flatMap((block) => {
      const outermost = { ...block, functions: file.functions, allows: [], matches: [] }
      const levels = [outermost, block].map((level) => ({ path: [], block: level }))
      return names.flatMap((collection) => placesOf(levels, collection, { text, own }))
    })
}

type Context = { text: string; own: Area[] }

function placesOf(levels: Level[], collection: string, context: Context): NamedCollection[] {
  const block = levels.at(-1)?.block
  if (!block) return []
  const outer = levels.flatMap(({ path }) => path)
  const place = (start: number, text: string) => ({ collection, line: lineAt(context.text, start), text })
  const rules = namesIn(outer, collection).length > 0 ? [] : block.allows // The block is reported already.
  return [
    ...rules
      .filter((allow) => isNamedBy(allow, levels, collection, context.own))
      .map((allow) => {
        const rule = context.text.slice(allow.start, allow.end).trim().replaceAll(/\s+/g, ' ')
        return place(allow.start, `${pathText(outer)} { ${rule} }`)
      }),
    ...block.matches.flatMap((match) => {
      const path = [...outer, ...match.path]
      const isNamed = namesIn(path, collection).some(
        (at) => at >= outer.length && !isOwn(path.slice(0, at + 1), context.own),
      )
      const nested = placesOf([...levels, { path: match.path, block: match }], collection, context)
      return [...(isNamed ? [place(match.start, pathText(path))] : []), ...nested]
    }),
  ]
}

/** The path as most files write it: below the outermost block. */
function pathText(path: Segment[]): string {
  const isBelow = path.length > ROOT && path.slice(0, ROOT).every(({ kind }) => kind !== 'rest')
  return `match ${(isBelow ? path.slice(ROOT) : path).map(segmentText).join('')}`
}

/** The positions at which a path has the name of the collection, not the id of a document. */
function namesIn(path: Segment[], collection: string): number[] {
  return path.flatMap((segment, at) => {
    if (segment.kind !== 'literal' || !(segment.decoded ?? [segment.text]).includes(collection)) return []
    const isCollection = (at - ROOT) % 2 === 0 || path.slice(0, at).some(({ kind }) => kind === 'rest')
    return at >= ROOT && isCollection ? [at] : []
  })
}

/** Whether a collection is one of the areas: all segments up to the last one of the path are theirs. */
function isOwn(path: (Segment | AreaSegment)[], own: Area[]): boolean {
  return own.some(({ segments }) =>
    path.every((segment, at) => {
      const expected = segments[at]
      if (segment.kind === 'rest' || !expected) return false
      return expected.kind !== 'literal' || (segment.kind === 'literal' && segment.text === expected.text)
    }),
  )
}

/** Whether a rule with a wildcard can apply to the collection, and only because its condition names it. */
function isNamedBy(allow: Allow, levels: Level[], collection: string, own: Area[]): boolean {
  const path = levels.flatMap((level) => level.path)
  return Array.from({ length: MAX_PARENTS + 1 }, (_, parents) => parents).some((parents) => {
    const applies = (name: string) =>
      overlaps(path, areaOf(name, parents)).some(
        (bindings) => !isNever(allow.condition, scopeOf(levels, bindings)),
      )
    if (isOwn(areaOf(collection, parents).segments.slice(0, -1), own)) return false
    return applies(collection) && !applies('\0') // A name that no condition has.
  })
}

/** The documents of a collection below a number of other documents. */
function areaOf(collection: string, parents: number): Area {
  const any: AreaSegment = { kind: 'any' }
  const root: AreaSegment[] = [
    { kind: 'literal', text: 'databases' },
    any,
    { kind: 'literal', text: 'documents' },
  ]
  const outer = Array.from({ length: 2 * parents }, () => any)
  const segments = [...root, ...outer, { kind: 'literal' as const, text: collection }, any]
  return { name: collection, segments, isDeep: false, readers: 'none' }
}
