import { SourceMap } from 'node:module'
import { gzipSync } from 'node:zlib'

export const OWNERS = ['own', 'Firebase', 'Preact', 'other packages'] as const
export type Owner = (typeof OWNERS)[number]

/**
 * The gzipped bytes of minified files by owner. The parts of each owner are compressed together, so the sum
 * is near the size of the files, and not equal to it.
 */
export function codeShares(files: readonly { code: string; map: string }[]): Record<Owner, number> {
  const parts: Record<Owner, string[]> = { own: [], Firebase: [], Preact: [], 'other packages': [] }
  for (const { code, map } of files) {
    const sources = new SourceMap(JSON.parse(map))
    for (const [line, text] of code.split('\n').entries()) {
      let start = 0
      let owner: Owner | undefined
      for (let column = 0; column <= text.length; column++) {
        const next = column < text.length ? (ownerAt(sources, line, column) ?? owner ?? 'own') : undefined
        if (next === owner) continue
        if (owner) parts[owner].push(text.slice(start, column))
        start = column
        owner = next
      }
    }
  }
  return Object.fromEntries(OWNERS.map((owner) => [owner, gzipped(parts[owner].join(''))])) as Record<
    Owner,
    number
  >
}

export function gzipped(text: string | Buffer): number {
  return text.length === 0 ? 0 : gzipSync(text).length
}

/** Undefined for code without a source, such as that of the bundler. It counts as the code before it. */
function ownerAt(sources: SourceMap, line: number, column: number): Owner | undefined {
  const source = (sources.findEntry(line, column) as { originalSource?: string }).originalSource
  if (source === undefined) return undefined
  if (!source.includes('node_modules/')) return 'own'
  // idb and re2js are dependencies of Firebase.
  if (/node_modules\/(@firebase|firebase|idb|re2js)\//.test(source)) return 'Firebase'
  return source.includes('node_modules/preact/') ? 'Preact' : 'other packages'
}
