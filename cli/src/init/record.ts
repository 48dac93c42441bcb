import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { applyPatch, createTwoFilesPatch, parsePatch, reversePatch } from 'diff'
import { z } from 'zod'
import type { Change } from './files.ts'
import { InitRefused } from './problems.ts'

export const RECORD = '.firesight/init.json'

/** Hashes are SHA-256 of the text. `before` is null for a file that was created. */
const recordedChange = z.strictObject({
  path: z.string(),
  before: z.string().nullable(),
  after: z.string(),
  patch: z.string(),
})
const record = z.strictObject({ version: z.literal(1), changes: z.array(recordedChange) })

type RecordedChange = z.output<typeof recordedChange>

/** Writes the files, and first a record with which the changes can be undone. */
export function applyChanges(folder: string, changes: Change[]): void {
  const recorded = changes.map(
    ({ path, before, after }): RecordedChange => ({
      path,
      before: before === undefined ? null : hashOf(before),
      after: hashOf(after),
      patch: patchOf(path, before ?? '', after),
    }),
  )
  const earlier = readRecord(folder) ?? []
  write(folder, RECORD, `${JSON.stringify({ version: 1, changes: [...earlier, ...recorded] }, null, 2)}\n`)
  for (const { path, after } of changes) write(folder, path, after)
}

/** A unified diff, as it is shown and recorded. */
export function patchOf(path: string, before: string, after: string): string {
  return createTwoFilesPatch(path, path, before, after, '', '', { context: 3 })
}

/**
 * The changes that undo all recorded ones, newest first. `after`: undefined if the file is deleted.
 * @throws InitRefused if there is no record, or if files were changed since
 */
export function planUndo(folder: string): { path: string; before: string; after: string | undefined }[] {
  const changes = readRecord(folder)
  if (!changes) throw new InitRefused([`Nothing to undo: ${join(folder, RECORD)} does not exist.`])
  const texts = new Map<string, string | undefined>()
  const changedSince = new Set<string>()
  for (const change of changes.toReversed()) {
    const { path } = change
    const current = texts.has(path) ? texts.get(path) : read(folder, path)
    const undone = undo(change, current)
    if (undone === 'changed') changedSince.add(path)
    else texts.set(path, undone.text)
  }
  if (changedSince.size > 0) {
    throw new InitRefused([
      `Cannot undo: these files were changed since.\n${[...changedSince].map((path) => `  ${path}`).join('\n')}\n` +
        `Restore them, or remove the lines of Firesight by hand and delete ${RECORD}. No file was changed.`,
    ])
  }
  return Array.from(texts, ([path, after]) => ({ path, before: read(folder, path), after })).flatMap(
    ({ path, before, after }) => (before === undefined || before === after ? [] : [{ path, before, after }]),
  )
}

function undo(
  { before, after, patch }: RecordedChange,
  current: string | undefined,
): { text: string | undefined } | 'changed' {
  const hash = current === undefined ? null : hashOf(current)
  if (hash === before) return { text: current } // The change was not written, or was undone by hand.
  if (current === undefined || hash !== after) return 'changed'
  if (before === null) return { text: undefined }
  const [parsed] = parsePatch(patch)
  const text = parsed && applyPatch(current, reversePatch(parsed), { autoConvertLineEndings: false })
  return text === undefined || text === false || hashOf(text) !== before ? 'changed' : { text }
}

/** Restores the files, and deletes the record and the folders that are empty then. */
export function applyUndo(folder: string, changes: ReturnType<typeof planUndo>): void {
  for (const { path, after } of changes) {
    if (after === undefined) remove(folder, path)
    else write(folder, path, after)
  }
  remove(folder, RECORD)
}

/** @throws InitRefused if the record is not readable */
function readRecord(folder: string): RecordedChange[] | undefined {
  const text = read(folder, RECORD)
  if (text === undefined) return undefined
  try {
    return record.parse(JSON.parse(text)).changes
  } catch (error) {
    throw new InitRefused([
      `Cannot read ${RECORD}: ${(error as Error).message}\nRestore it, for example from your version control.`,
    ])
  }
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

function read(folder: string, path: string): string | undefined {
  const file = join(folder, path)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

function remove(folder: string, path: string): void {
  rmSync(join(folder, path))
  const parent = dirname(path)
  if (parent !== '.' && readdirSync(join(folder, parent)).length === 0) rmdirSync(join(folder, parent))
}
