import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Metafile } from 'esbuild'
import { bundlePackage, exactVersions, FIREBASE, functionsManifest, writeJson } from './bundle.ts'
import type { Lockfile, Manifest } from './bundle-lockfile.ts'
import { notices } from './bundle-notices.ts'
import { withAbsoluteLinks } from './client-package.ts'
import { writePackageTypes } from './functions-package-types.ts'
import { root } from './paths.ts'

/** Files of the repository that an app needs beside the functions. */
const RULES = ['storage.rules', 'firestore.rules', 'firestore.indexes.json']
/** Packages that the app installs once: the SDKs that register functions, and native code. */
const SHARED = [...FIREBASE, 'sharp']
/** Only for HEIC=decode. */
const DECODER = 'libheif-js'
/** The source of the command `firesight`. */
const COMMAND = 'cli/src/main.ts'

/**
 * Builds the folder to publish, from which other codebases, function kits and own triggers import the
 * functions. Deletes the previous content of the folder.
 * @returns the inputs and imports of each file: https://esbuild.github.io/api/#metafile
 */
export async function packageFunctions(folder: string): Promise<Metafile> {
  const metafile = await bundlePackage(folder)
  await writePackageTypes(folder)
  const command = await bundleCommand(folder)
  const bundled = [...Object.keys(metafile.inputs), ...Object.keys(command?.inputs ?? {})]
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), notices(bundled))
  const manifest = publishedManifest(command !== undefined)
  writeJson(folder, 'package.json', manifest)
  writeJson(folder, 'npm-shrinkwrap.json', shrinkwrapOf(manifest))
  for (const file of RULES) copyFileSync(join(root, file), join(folder, file))
  const page = readFileSync(join(root, 'functions/README.md'), 'utf8')
  writeFileSync(join(folder, 'README.md'), withAbsoluteLinks(page, manifest.repository.url, 'functions'))
  return metafile
}

/** Bundles the command `firesight` and its packages in one file, if this repository contains the command. */
async function bundleCommand(folder: string): Promise<Metafile | undefined> {
  const entry = join(root, COMMAND)
  if (!existsSync(entry)) return undefined
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(folder, 'cli.js'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'], // Some packages are UMD modules otherwise, which cannot be bundled.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
    metafile: true,
    logLevel: 'warning',
  })
  return metafile
}

type PublishedManifest = Manifest & {
  repository: { url: string }
  homepage: string
  bugs: string
  exports: Record<string, string | Record<string, string>>
  types: string
  bin?: Record<string, string>
  peerDependencies: Record<string, string>
  peerDependenciesMeta: Record<string, { optional: true }>
}

function publishedManifest(hasCommand: boolean): PublishedManifest {
  const { name, version, description, keywords, license, repository } = functionsManifest()
  const home = repository.url.replace(/^git\+/, '').replace(/\.git$/, '')
  const entry = (file: string) => ({ types: `./${file}.d.ts`, default: `./${file}.js` })
  const itself = (files: string[]) => Object.fromEntries(files.map((file) => [`./${file}`, `./${file}`]))
  return {
    name,
    version,
    description,
    keywords,
    license,
    homepage: `${home}#readme`,
    bugs: `${home}/issues`,
    repository,
    type: 'module',
    main: './index.js',
    types: './index.d.ts',
    exports: { '.': entry('index'), './lib': entry('lib'), ...itself([...RULES, 'package.json']) },
    ...(hasCommand && { bin: { [name]: './cli.js' } }),
    // CommonJS code, such as the wrapper of a kit, loads this ES module with require().
    // https://nodejs.org/en/blog/release/v22.12.0, 2026-11
    engines: { node: '>=22.12' },
    peerDependencies: caretVersions([...SHARED, DECODER]),
    peerDependenciesMeta: { [DECODER]: { optional: true } },
  }
}

/** A caret, so that npm installs one copy beside the package. */
function caretVersions(names: string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(exactVersions(names)).map(([name, version]) => [name, `^${version}`]),
  )
}

/**
 * Locks nothing, because all other code is bundled. The file must exist: without it the Firebase CLI warns
 * about packages that are not locked. Everything that it listed would be installed a second time below this
 * package: the Firebase SDKs, where functions are not registered, and, by npm 11, sharp for every platform.
 */
function shrinkwrapOf({ name, version, license, engines, ...rest }: PublishedManifest): Lockfile {
  const { bin, peerDependencies, peerDependenciesMeta } = rest
  const self = {
    name,
    version,
    license,
    ...(bin && { bin }),
    engines,
    peerDependencies,
    peerDependenciesMeta,
  }
  return { name, version, lockfileVersion: 3, requires: true, packages: { '': self } }
}
