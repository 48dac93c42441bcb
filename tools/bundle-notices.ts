import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.ts'

/**
 * The licences of the packages whose code is among the sources of a bundle. MIT, BSD, ISC and Apache-2.0 all ask that copies carry
 * them; what stays outside of the bundle is installed with its own.
 * @param sources paths from the repository's top folder
 * @throws Error when a package names no licence
 */
export function notices(sources: string[]): string {
  const folders = new Set(sources.flatMap((file) => packageFolder(file) ?? []))
  const sections = [...folders].toSorted().map((folder) => notice(join(root, folder)))
  return ['The code in this folder contains that of these packages.', ...new Set(sections)].join(
    `\n\n${'-'.repeat(80)}\n\n`,
  )
}

/** The innermost package that a file belongs to; undefined for our own source. */
export function packageFolder(file: string): string | undefined {
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
  if (!license && files.length === 0) throw new Error(`Cannot bundle ${name}: it names no licence`)
  const heading = [`${name} ${version}`, `Licence: ${license ?? 'see below'}`]
  // Some packages only name their licence: then their author is the notice there is.
  if (files.length === 0 && author)
    heading.push(`Author: ${typeof author === 'string' ? author : JSON.stringify(author)}`)
  return [heading.join('\n'), ...files.map((file) => readFileSync(join(folder, file), 'utf8').trim())].join(
    '\n\n',
  )
}
