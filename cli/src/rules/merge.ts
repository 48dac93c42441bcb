import { firestoreAreas, type Layout, storageAreas } from './areas.ts'
import {
  FIRESTORE,
  findBlock,
  firesightRules,
  markedBlock,
  type RulesKind,
  UnsupportedLayout,
  withoutBlock,
} from './block.ts'
import { type Conflict, findConflicts } from './conflicts.ts'
import { parseRules } from './parse.ts'
import { RulesSyntaxError } from './reader.ts'
import type { RulesFile } from './tree.ts'

/** Why the rules cannot be merged. Lines refer to the existing file. */
export type Obstacle =
  | { kind: 'conflicts'; conflicts: Conflict[] }
  | { kind: 'unreadable'; line: number; message: string }
  | { kind: 'edited' }
  | { kind: 'version' }
  | { kind: 'layout'; message: string }

export type MergedRules = { text: string } | { obstacle: Obstacle }

/**
 * Adds Firesight's rules to an existing file, or replaces those that an earlier run added. All other text
 * stays. The same text is returned if nothing has to change.
 * @param existing undefined if the file does not exist
 * @param ours the rules file of the package
 */
export function mergeRules(
  existing: string | undefined,
  ours: string,
  kind: RulesKind,
  layout: Layout,
): MergedRules {
  const original = existing?.trim() ? existing : emptyRules(kind)
  if (original.trim() === ours.trim() && isDefault(layout)) return { text: original }
  try {
    const block = markedBlock(firesightRules(ours, kind, layout))
    const found = findBlock(original)
    if (found?.isEdited) return { obstacle: { kind: 'edited' } }
    const others = withoutBlock(original)
    const file = parseRules(others)
    if (file.version !== '2') return { obstacle: { kind: 'version' } }
    const areas = kind === FIRESTORE ? firestoreAreas(layout) : storageAreas(layout)
    const conflicts = findConflicts(others, file, kind.service, areas)
    if (conflicts.length > 0) return { obstacle: { kind: 'conflicts', conflicts } }
    const text = found ? replaceBlock(original, block, found) : insertBlock(original, block, file, kind)
    parseRules(text)
    return { text }
  } catch (error) {
    if (error instanceof UnsupportedLayout) return { obstacle: { kind: 'layout', message: error.message } }
    if (!(error instanceof RulesSyntaxError)) throw error
    return { obstacle: { kind: 'unreadable', line: error.line, message: error.message } }
  }
}

function isDefault({ uploadPaths, imagesCollections }: Layout): boolean {
  return (
    uploadPaths.every((path) => path === 'users/{uid}/uploads/{fileName}') &&
    imagesCollections.every((name) => name === 'images')
  )
}

function emptyRules({ service, root }: RulesKind): string {
  return `rules_version = '2';\n\nservice ${service} {\n  match ${root} {\n  }\n}\n`
}

function replaceBlock(text: string, block: string, { start, end }: { start: number; end: number }): string {
  const margin = /[ \t]*/.exec(text.slice(start))?.[0] ?? ''
  return text.slice(0, start) + withMargin(block, margin, text) + text.slice(end)
}

/** Inserts the block at the end of the outermost match block, which is added if the file has none. */
function insertBlock(
  text: string,
  block: string,
  { services }: RulesFile,
  { service, root }: RulesKind,
): string {
  const own = services.find(({ name }) => name === service)
  const wanted = root.split('/').slice(1)
  const outermost = own?.matches.find(
    ({ path }) =>
      path.length === wanted.length &&
      path.every((segment, index) =>
        segment.kind === 'literal'
          ? segment.text === wanted[index]
          : segment.kind === 'one' && wanted[index]?.startsWith('{'),
      ),
  )
  if (outermost) return insertAt(text, outermost.bodyEnd, block)
  const match = `match ${root} {\n${withMargin(block, '  ', '')}\n}`
  if (own) return insertAt(text, own.bodyEnd, match)
  return `${text.trimEnd()}\n\nservice ${service} {\n${withMargin(match, '  ', '')}\n}\n`
}

/** Inserts lines before a closing brace, two spaces further in than the brace's line. */
function insertAt(text: string, brace: number, lines: string): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const lineStart = text.lastIndexOf('\n', brace - 1) + 1
  const line = text.slice(lineStart, brace)
  const margin = /^[ \t]*/.exec(line)?.[0] ?? ''
  const isAlone = line.trim() === ''
  const before = isAlone ? text.slice(0, lineStart) : `${text.slice(0, brace).trimEnd()}${newline}`
  // An empty line separates the block from other rules, but not from the opening brace.
  const gap = before.trimEnd().endsWith('{') ? '' : newline
  return `${before}${gap}${withMargin(lines, `${margin}  `, text)}${newline}${margin}${text.slice(brace)}`
}

function withMargin(lines: string, margin: string, text: string): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  return lines
    .split('\n')
    .map((line) => (line === '' ? '' : margin + line))
    .join(newline)
}
