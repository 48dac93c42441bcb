import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The files of the package `firesight` that `init` needs. */
export type PackageFiles = {
  version: string
  storageRules: string
  firestoreRules: string
  indexes: string
  /** The packages that must be installed beside it, with their versions. */
  peers: Record<string, string>
}

const PEERS = ['firebase-admin', 'firebase-functions', 'sharp']

type Manifest = {
  version: string
  peerDependencies?: Record<string, string>
  dependencies?: Record<string, string>
}

/** In the package, the files are beside the bundled command; in the repository, in its root. */
export function readPackageFiles(folder = import.meta.dirname): PackageFiles {
  const isPackage = existsSync(join(folder, 'storage.rules'))
  const root = isPackage ? folder : join(folder, '../../..')
  const manifestFile = join(root, isPackage ? 'package.json' : 'functions/package.json')
  const manifest: Manifest = JSON.parse(readFileSync(manifestFile, 'utf8'))
  const text = (file: string) => readFileSync(join(root, file), 'utf8')
  const range = (name: string) => {
    const version = manifest.peerDependencies?.[name] ?? manifest.dependencies?.[name]
    if (!version) throw new Error(`${manifestFile} does not name ${name}`)
    return /^\d/.test(version) ? `^${version}` : version
  }
  return {
    version: manifest.version,
    storageRules: text('storage.rules'),
    firestoreRules: text('firestore.rules'),
    indexes: text('firestore.indexes.json'),
    peers: Object.fromEntries(PEERS.map((name) => [name, range(name)])),
  }
}
