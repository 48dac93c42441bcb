import { createHash } from 'node:crypto'
import type { Layout } from './areas.ts'
import { parseRules } from './parse.ts'
import type { Match } from './tree.ts'

/** The rules that differ between Cloud Storage and Firestore. */
export type RulesKind = {
  service: 'firebase.storage' | 'cloud.firestore'
  /** The path of the outermost match block, in which the rules are inserted. */
  root: string
  /** The default file. */
  file: 'storage.rules' | 'firestore.rules'
}

export const STORAGE: RulesKind = {
  service: 'firebase.storage',
  root: '/b/{bucket}/o',
  file: 'storage.rules',
}

export const FIRESTORE: RulesKind = {
  service: 'cloud.firestore',
  root: '/databases/{database}/documents',
  file: 'firestore.rules',
}

const PREFIX = 'firesight_'

/** Firesight's rules cannot be written for these settings. */
export class UnsupportedLayout extends Error {
  override readonly name = 'UnsupportedLayout'
}

/**
 * Firesight's rules without the service and its outermost block, for the given layout. Names of functions get
 * a prefix, because the file may have functions of the same names.
 * @throws UnsupportedLayout
 */
export function firesightRules(ours: string, kind: RulesKind, layout: Layout): string {
  const text = rulesForLayout(ours, kind, layout)
  const root = rootOf(text, kind)
  let body = text.slice(root.bodyStart, root.bodyEnd)
  for (const { name } of root.functions)
    body = body.replaceAll(new RegExp(`\\b${name}\\(`, 'g'), `${PREFIX}${name}(`)
  return dedent(body)
}

/**
 * Firesight's rules file for the given layout. With the default layout, the same text.
 * @throws UnsupportedLayout
 */
export function rulesForLayout(ours: string, kind: RulesKind, layout: Layout): string {
  const root = rootOf(ours, kind)
  let result = ours
  const repeat = (match: Match | undefined, texts: (text: string) => string[]) => {
    if (!match)
      throw new UnsupportedLayout(`Firesight's ${kind.file} lacks a block that depends on the settings`)
    const text = ours.slice(match.start, match.end)
    result = result.replace(text, () => texts(text).join('\n\n    '))
  }
  if (kind === FIRESTORE) {
    repeat(matchOf(root, 'images'), (text) =>
      layout.imagesCollections.map((name) => text.replace('/images/{imageId}', `/${name}/{imageId}`)),
    )
  } else {
    repeat(matchOf(root, 'users', 'uploads', 'fileName'), (text) =>
      layout.uploadPaths.map((path) => uploadRule(text, path)),
    )
    repeat(matchOf(root, 'users', 'uploads'), (text) =>
      [...new Set(layout.uploadPaths.map((path) => path.split('/').slice(0, -1).join('/')))].map((folder) =>
        text.replace('/users/{uid}/uploads', `/${folder}`),
      ),
    )
  }
  return result
}

function rootOf(text: string, kind: RulesKind): Match {
  const root = parseRules(text).services[0]?.matches[0]
  if (!root) throw new UnsupportedLayout(`Firesight's ${kind.file} has no match block`)
  return root
}

/** The match block whose path has these literals and, at the end, possibly a wildcard. */
function matchOf(root: Match, ...names: string[]): Match | undefined {
  return root.matches.find(({ path }) => {
    const own = path.map((segment) => (segment.kind === 'literal' ? segment.text : segment.name))
    if (names.length === 1) return own[0] === names[0]
    return own.at(-1) === names.at(-1) && own.includes('uploads')
  })
}

/** @throws UnsupportedLayout */
function uploadRule(text: string, path: string): string {
  const file = /\/\{(\w+)\}$/.exec(path)?.[1]
  if (!file || !path.split('/').includes('{uid}') || file === 'uid') {
    throw new UnsupportedLayout(
      `Cannot write Storage rules for UPLOAD_PATH=${path}: it must contain the segment {uid} and end with a ` +
        'segment such as {fileName}. Use --no-rules and write your own rules.',
    )
  }
  return text
    .replace('/users/{uid}/uploads/{fileName}', `/${path}`)
    .replaceAll('(fileName)', `(${file})`)
    .replaceAll('{fileName}', `{${file}}`)
}

function dedent(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const widths = lines.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length)
  const width = Math.min(...widths)
  return lines
    .map((line) => line.slice(width).trimEnd())
    .join('\n')
    .trim()
}

const BEGIN = '// firesight:begin'
const END = '// firesight:end'

/** The rules between two marks. The first mark has a hash, so that later edits are noticed. */
export function markedBlock(rules: string): string {
  return [
    `${BEGIN} ${hashOf(rules)}`,
    '// Rules of Firesight. Do not edit them: `firesight init` replaces this block.',
    rules,
    END,
  ].join('\n')
}

export type FoundBlock = { start: number; end: number; isEdited: boolean }

/**
 * Finds the marked block, from the start of its first line to the end of its last line.
 * @returns undefined if there is none
 */
export function findBlock(text: string): FoundBlock | undefined {
  const start = text.indexOf(BEGIN)
  if (start === -1) return undefined
  const endMark = text.indexOf(END, start)
  if (endMark === -1) return { start: lineStart(text, start), end: text.length, isEdited: true }
  const [first = '', , ...rest] = dedent(text.slice(lineStart(text, start), endMark)).split('\n')
  const isEdited = first !== `${BEGIN} ${hashOf(rest.join('\n'))}`
  return { start: lineStart(text, start), end: endMark + END.length, isEdited }
}

/** The text with spaces instead of the marked block, so that the offsets and lines of other text stay. */
export function withoutBlock(text: string): string {
  const found = findBlock(text)
  if (!found) return text
  const { start, end } = found
  return text.slice(0, start) + text.slice(start, end).replaceAll(/[^\r\n]/g, ' ') + text.slice(end)
}

const lineStart = (text: string, offset: number) => text.lastIndexOf('\n', offset) + 1

const hashOf = (rules: string) => createHash('sha256').update(rules).digest('hex').slice(0, 12)
