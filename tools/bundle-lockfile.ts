export type Manifest = {
  name: string
  version: string
  private?: boolean
  description?: string
  keywords?: string[]
  license?: string
  repository?: { type: string; url: string; directory?: string }
  type?: 'module'
  main?: string
  engines?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

/**
 * The part of a lockfile that this file reads.
 * https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json
 */
export type LockedPackage = {
  version?: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
  dev?: boolean
  optional?: boolean
  devOptional?: boolean
  peer?: boolean
  [key: string]: unknown
}
export type Lockfile = {
  name?: string
  version?: string
  lockfileVersion: number
  requires?: boolean
  packages: Record<string, LockedPackage>
}

/**
 * Extracts the lockfile of one workspace, to install it alone with the same versions and checksums. Needs no
 * registry.
 * @param workspace the folder of the workspace, relative to the root
 * @throws Error if the lockfile lacks a package, or two versions of a package would have the same path
 */
export function lockfileFor(manifest: Manifest, rootLock: Lockfile, workspace: string): Lockfile {
  const needed = collect(Object.keys(manifest.dependencies ?? {}), rootLock, workspace)
  const development = collect(Object.keys(manifest.devDependencies ?? {}), rootLock, workspace)
  const packages = new Map<string, LockedPackage>()
  for (const place of new Set([...development.keys(), ...needed.keys()])) {
    const {
      dev: _dev,
      optional: _optional,
      devOptional: _both,
      peer: _peer,
      ...locked
    } = rootLock.packages[place]!
    const target = place.replace(new RegExp(`^${workspace}/`), '')
    if (packages.has(target))
      throw new Error(`Cannot lock ${manifest.name}: two versions have the path ${target}`)
    packages.set(target, { ...locked, ...flagsOf(needed.get(place), development.get(place)) })
  }
  const { private: _private, type: _type, main: _main, ...self } = manifest
  const sorted = [...packages].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    name: manifest.name,
    version: manifest.version,
    lockfileVersion: rootLock.lockfileVersion,
    requires: true,
    packages: { '': self, ...Object.fromEntries(sorted) },
  }
}

/**
 * The flags of a package. Arguments: undefined if no dependency leads to it, true if only optional
 * dependencies do.
 */
function flagsOf(needed: boolean | undefined, development: boolean | undefined): LockedPackage {
  if (needed === undefined) return { dev: true, ...(development && { optional: true }) }
  if (needed) return development === false ? { devOptional: true } : { optional: true }
  return {}
}

/** Collects the paths of all dependencies. The value is true if only optional dependencies lead to a path. */
function collect(names: string[], { packages }: Lockfile, workspace: string): Map<string, boolean> {
  const found = new Map<string, boolean>()
  const visit = (name: string, from: string, isOptional: boolean, isRequired: boolean) => {
    const place = resolve(name, from, packages)
    if (!place) {
      if (isRequired) throw new Error(`package-lock.json lacks ${name}, which ${from || 'the root'} needs`)
      return
    }
    const before = found.get(place)
    if (before === isOptional || before === false) return
    found.set(place, isOptional)
    const {
      dependencies = {},
      optionalDependencies = {},
      peerDependencies = {},
      peerDependenciesMeta = {},
    } = packages[place]!
    for (const dependency of Object.keys(dependencies)) visit(dependency, place, isOptional, true)
    for (const dependency of Object.keys(optionalDependencies)) visit(dependency, place, true, false)
    for (const peer of Object.keys(peerDependencies))
      if (!peerDependenciesMeta[peer]?.optional) visit(peer, place, isOptional, true)
  }
  for (const name of names) visit(name, workspace, false, true)
  return found
}

/** Finds a package like Node: in the nearest node_modules folder, from the inside out. */
function resolve(name: string, from: string, packages: Lockfile['packages']): string | undefined {
  const place = from ? `${from}/node_modules/${name}` : `node_modules/${name}`
  if (packages[place]) return place
  if (!from) return undefined
  const outer = from.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')
  return resolve(name, outer === from ? '' : outer, packages)
}
