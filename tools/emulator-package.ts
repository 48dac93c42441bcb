import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { DETECTOR_PACKAGES } from '../gemini-emulator/src/detector/packages.ts'
import { notices } from './bundle-notices.ts'
import { emitTypes, withAbsoluteLinks } from './client-package.ts'
import { root } from './paths.ts'

const source = join(root, 'gemini-emulator')

/**
 * Installed, not bundled: sharp is native code. The licence of libheif-js (LGPL-3.0) requires it, and only HEIC
 * images need it, so it is an optional peer. So are the packages of the detector, which are large.
 */
const DEPENDENCIES = ['sharp']
const OPTIONAL_PEERS = ['libheif-js', ...DETECTOR_PACKAGES]

/**
 * Builds the folder to publish: the emulator and its command as JavaScript, with types. The packages of the
 * analysis are bundled, so that every installation gives the same answers. Deletes the previous content of the
 * folder.
 */
export async function buildEmulator(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      index: join(source, 'src/index.ts'),
      cli: join(source, 'src/cli.ts'),
      'detector-worker': join(source, 'src/detector/worker.ts'),
    },
    outdir: folder,
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    external: [...DEPENDENCIES, ...OPTIONAL_PEERS],
    // Express is CommonJS. The name occurs in no bundled code.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
    metafile: true,
    logLevel: 'warning',
  })
  chmodSync(join(folder, 'cli.js'), 0o755)
  const types = join(folder, 'types')
  emitTypes(join(source, 'tsconfig.build.json'), types)
  removeAllBut(typesOf(join(types, 'index.d.ts')), types)
  const manifest = publishedManifest()
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  const page = readFileSync(join(source, 'README.md'), 'utf8')
  writeFileSync(
    join(folder, 'README.md'),
    withAbsoluteLinks(page, manifest.repository.url, 'gemini-emulator'),
  )
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), notices(Object.keys(metafile.inputs)))
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
}

/** A file of declarations and its imports, which name the source files. Their imports are included. */
function typesOf(file: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)\.ts'/g))
    typesOf(join(dirname(file), `${path}.d.ts`), found)
  return found
}

/** The other declarations need the types of bundled packages. */
function removeAllBut(kept: Set<string>, folder: string): void {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, file)
    if (path.endsWith('.d.ts') && !kept.has(path)) rmSync(path)
  }
}

type Manifest = Record<string, unknown> & {
  dependencies: Record<string, string>
  optionalDependencies?: Record<string, string>
  repository: { type: 'git'; url: string; directory: string }
}

/** The package.json to publish. Unlike the workspace's, it is not `private`, and names the built files. */
function publishedManifest(): Manifest {
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Manifest
  const { name, version, description, keywords, license, repository, type } = manifest
  const dependencies = { ...manifest.dependencies, ...manifest.optionalDependencies }
  const caret = (names: string[]) =>
    Object.fromEntries(names.map((one) => [one, `^${dependencies[one] ?? missing(one)}`]))
  return {
    name,
    version,
    description,
    keywords,
    license,
    repository,
    type,
    exports: {
      '.': { types: './types/index.d.ts', default: './index.js' },
      './package.json': './package.json',
    },
    bin: { 'gemini-emulator': './cli.js' },
    engines: { node: '>=22' }, // The workspace needs a newer Node, because it runs TypeScript.
    dependencies: caret(DEPENDENCIES),
    peerDependencies: caret(OPTIONAL_PEERS),
    peerDependenciesMeta: Object.fromEntries(OPTIONAL_PEERS.map((one) => [one, { optional: true }])),
  }
}

function missing(name: string): never {
  throw new Error(`gemini-emulator/package.json does not list ${name} in its dependencies`)
}
