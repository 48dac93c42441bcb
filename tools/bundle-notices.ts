import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.ts'

/**
 * The licences of all bundled packages. MIT, BSD, ISC and Apache-2.0 require them in copies. External
 * packages are installed with their licences.
 * @param sources paths relative to the repository's root
 * @throws Error if a package has no licence
 */
export function notices(sources: string[]): string {
  const folders = new Set(sources.flatMap((file) => packageFolder(file) ?? []))
  const sections = [...folders].toSorted().map((folder) => notice(join(root, folder)))
  return ['This folder contains code of the following packages.', ...new Set(sections)].join(
    `\n\n${'-'.repeat(80)}\n\n`,
  )
}

/** The folder of the innermost package that contains a file; undefined for our own source. */
function packageFolder(file: string): string | undefined {
  return /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]
}

function notice(folder: string): string {
  const {
    name,
    version,
    license,
    author,
  }: { name: string; version: string; license?: string; author?: unknown } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  )
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .toSorted()
  if (!license && files.length === 0) throw new Error(`Cannot bundle ${name}: it has no licence`)
  const heading = [`${name} ${version}`, `Licence: ${license ?? 'see below'}`]
  // Some packages contain no licence file. Their author is the only available notice.
  if (files.length === 0 && author)
    heading.push(`Author: ${typeof author === 'string' ? author : JSON.stringify(author)}`)
  return [heading.join('\n'), ...files.map((file) => readFileSync(join(folder, file), 'utf8').trim())].join(
    '\n\n',
  )
}
