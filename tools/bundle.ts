import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Metafile } from 'esbuild'
import { type Lockfile, lockfileFor, type Manifest } from './bundle-lockfile.ts'
import { notices } from './bundle-notices.ts'
import {
  englishOnly,
  isOfPackage,
  mapOwnSourceOnly,
  oneCopy,
  withoutMessageClasses,
} from './bundle-plugins.ts'
import { root } from './paths.ts'

const source = join(root, 'functions')

/**
 * Installed, not bundled: sharp is native code, and the licence of libheif in libheif-js (LGPL-3.0)
 * requires that.
 */
export const EXTERNAL = ['libheif-js', 'sharp']

/** The Firebase SDKs. The published package shares those of the app that installs it. */
export const FIREBASE = ['firebase-admin', 'firebase-functions']

/** The functions, and the files that they load by name from the same folder: a thread, and rare modules. */
const ENTRIES = ['index.ts', 'image/heic-worker.ts', 'discovery.ts', 'annotation-function.ts']

/**
 * Builds the folder to deploy: a bundle of the functions and their packages, a package.json and a lockfile
 * with the external packages, and the licence notices. Deletes the previous content of the folder. Takes
 * about a second.
 * @returns the inputs and imports of each file: https://esbuild.github.io/api/#metafile
 */
export async function bundleFunctions(folder: string): Promise<Metafile> {
  const metafile = await bundle(folder, {
    entries: ENTRIES,
    external: EXTERNAL,
    target: 'node24',
    banner: commonJs + stackTraces,
  })
  const manifest = deployedManifest()
  writeJson(folder, 'package.json', manifest)
  writeJson(folder, 'package-lock.json', lockfileFor(manifest, rootLockfile(), 'functions'))
  return metafile
}

/**
 * Builds the code of the package to publish: the functions as above, and the library for own triggers. The
 * Firebase SDKs are those of the app. tools/functions-package.ts adds the other files.
 */
export async function bundlePackage(folder: string): Promise<Metafile> {
  return bundle(folder, {
    entries: [...ENTRIES, 'lib.ts'],
    external: [...EXTERNAL, ...FIREBASE],
    target: 'node22',
    // Source maps would be enabled for the whole app: apps decide that with `--enable-source-maps`.
    banner: commonJs,
  })
}

type Bundling = { entries: string[]; external: string[]; target: string; banner: string }

/** Writes the code and the licences. Deletes the previous content of the folder. */
async function bundle(folder: string, { entries, external, target, banner }: Bundling): Promise<Metafile> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: entries.map((file) => join(source, 'src', file)),
    outdir: folder,
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true, // Lazily imported modules stay in separate files.
    format: 'esm',
    platform: 'node',
    target,
    external,
    // Less source to compile. Minified names would make stack traces of packages unreadable.
    minifyWhitespace: true,
    // Node prints the line of an uncaught error.
    lineLimit: 200,
    sourcemap: 'linked',
    sourcesContent: false,
    plugins: [oneCopy(rootLockfile()), withoutMessageClasses, englishOnly, mapOwnSourceOnly],
    define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' }, // Disables the native extensions of ws.
    banner: { js: banner },
    metafile: true,
    logLevel: 'warning',
  })
  deletePackageMaps(metafile)
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), notices(Object.keys(metafile.inputs)))
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  return metafile
}

/** The variables that bundled CommonJS packages need. The import names occur in no bundled code. */
const commonJs = [
  "import { createRequire as __bundleCreateRequire } from 'node:module';",
  "import { fileURLToPath as __bundleToPath } from 'node:url';",
  "import { dirname as __bundleDirectory } from 'node:path';",
  'const require = __bundleCreateRequire(import.meta.url);',
  'const __filename = __bundleToPath(import.meta.url), __dirname = __bundleDirectory(__filename);',
].join('')

/**
 * Maps stack traces to our source, in the emulators and in Cloud Logging, for all files loaded after the
 * entry.
 */
const stackTraces = 'process.setSourceMapsEnabled(true);'

/**
 * Deletes the source maps of files that contain only packages. Node would read them with each such file, and
 * scan the file for line breaks.
 */
function deletePackageMaps({ outputs }: Metafile): void {
  for (const [path, { inputs }] of Object.entries(outputs)) {
    if (!(`${path}.map` in outputs) || !Object.keys(inputs).every(isOfPackage)) continue
    const file = join(root, path)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\n$/, '\n'))
    rmSync(`${file}.map`)
    delete outputs[`${path}.map`]
  }
}

function deployedManifest(): Manifest {
  const { name, version, license, engines } = functionsManifest()
  return {
    name,
    version,
    private: true,
    license,
    type: 'module',
    main: 'index.js',
    engines,
    dependencies: exactVersions(EXTERNAL),
    // Bundled, but firebase-tools needs them to discover and emulate functions.
    devDependencies: exactVersions(FIREBASE),
  }
}

export function functionsManifest(): Required<Manifest> {
  return JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
}

function rootLockfile(): Lockfile {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
}

/** @throws Error if functions/package.json has no exact version of a package */
export function exactVersions(names: string[]): Record<string, string> {
  const { dependencies } = functionsManifest()
  return Object.fromEntries(
    names.map((name) => {
      const version = dependencies[name]
      if (!version || !/^\d/.test(version))
        throw new Error(`functions/package.json must name an exact version of ${name}, not ${version}`)
      return [name, version]
    }),
  )
}

export function writeJson(folder: string, file: string, content: object): void {
  writeFileSync(join(folder, file), `${JSON.stringify(content, null, 2)}\n`)
}
