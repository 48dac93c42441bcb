export type Manifest = {
  name: string
  version: string
  private?: boolean
  license?: string
  type?: 'module'
  main?: string
  engines?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

/** https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json, as far as this file reads it */
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
 * The part of a workspace root's lockfile that one folder needs when it is installed alone: the same versions and checksums, without
 * asking a registry.
 * @param workspace the folder, relative to the root, whose packages `manifest` names
 * @throws Error when the lockfile lacks a package, or would put two versions of one into the same place
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
      throw new Error(`Cannot lock ${manifest.name}: two versions belong in ${target}`)
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

/** What npm may leave out: each argument says whether a package is reached, and if so whether only by way of optional ones. */
function flagsOf(needed: boolean | undefined, development: boolean | undefined): LockedPackage {
  if (needed === undefined) return { dev: true, ...(development && { optional: true }) }
  if (needed) return development === false ? { devOptional: true } : { optional: true }
  return {}
}

/** Every place in the lockfile that is reached from these packages, and whether only by way of optional ones. */
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

/** As Node finds a package: in the nearest node_modules, from the inside out. */
function resolve(name: string, from: string, packages: Lockfile['packages']): string | undefined {
  const place = from ? `${from}/node_modules/${name}` : `node_modules/${name}`
  if (packages[place]) return place
  if (!from) return undefined
  const outer = from.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')
  return resolve(name, outer === from ? '' : outer, packages)
}
