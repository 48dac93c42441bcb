import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../../../tools/paths.ts'

/** A package of a lockfile. npm stores there what it needs to resolve dependencies. */
export type LockedPackage = {
  name: string
  version: string
  integrity?: string
  /** The installed package. It may not exist: packages of other platforms are not installed. */
  folder: string
  /** The fields of package.json that a registry returns. */
  manifest: Record<string, unknown>
}

type Entry = Record<string, unknown> & { name?: string; version?: string; integrity?: string; link?: boolean }

/** Fields of the lockfile that say where a package is, and not what it contains. */
const ofTheTree = new Set([
  'resolved',
  'integrity',
  'dev',
  'optional',
  'devOptional',
  'peer',
  'funding',
  'link',
])

/** The packages of the root lockfile and of those in test/extra. */
export function lockedPackages(): LockedPackage[] {
  const lockfiles = [
    join(root, 'package-lock.json'),
    ...globSync(join(root, 'test/extra/*/package-lock.json')),
  ]
  return lockfiles.flatMap((lockfile) => {
    const { packages }: { packages: Record<string, Entry> } = JSON.parse(readFileSync(lockfile, 'utf8'))
    return Object.entries(packages).flatMap(([path, entry]) => {
      const [, nameInPath] = /.*node_modules\/(.+)$/.exec(path) ?? []
      const name = entry.name ?? nameInPath
      if (nameInPath === undefined || name === undefined || entry.version === undefined || entry.link)
        return []
      const { version, integrity } = entry
      const manifest = Object.fromEntries(Object.entries(entry).filter(([field]) => !ofTheTree.has(field)))
      const folder = join(dirname(lockfile), path)
      return [{ name, version, ...(integrity && { integrity }), folder, manifest: { ...manifest, name } }]
    })
  })
}
