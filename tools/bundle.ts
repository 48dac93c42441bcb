import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'
import { type Lockfile, lockfileFor, type Manifest } from './bundle-lockfile.ts'
import { notices } from './bundle-notices.ts'
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
    plugins: [oneCopy(), englishOnly, mapOwnSourceOnly],
    define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' }, // Disables the native extensions of ws.
    banner: { js: banner },
    metafile: true,
    logLevel: 'warning',
  })
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
 * Excludes packages from source maps: their maps would be many times larger than ours, and are loaded with
 * each file.
 * https://github.com/evanw/esbuild/issues/1685, 2026-11
 */
const mapOwnSourceOnly: Plugin = {
  name: 'map-own-source-only',
  setup(bundling) {
    const none = Buffer.from('{"version":3,"sources":[""],"mappings":"AAAA"}').toString('base64')
    bundling.onLoad({ filter: /[/\\]node_modules[/\\].*\.[cm]?js$/ }, ({ path }) => ({
      contents: `${readFileSync(path, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${none}`,
      loader: 'js',
    }))
  },
}

/** The folder of a package within a path, also of a nested one. */
const PACKAGE_FOLDER = /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/

/**
 * Bundles one copy of each version of a CommonJS package. npm installs a version several times if the root
 * folder has another version: google-auth-library three times, which an instance would load one after another.
 */
function oneCopy(): Plugin {
  const folders = new Map<string, string>()
  for (const [path, { version }] of Object.entries(rootLockfile().packages)) {
    const id = `${path.split('node_modules/').at(-1)}@${version}`
    const folder = join(root, path)
    if (path.includes('node_modules/') && !folders.has(id) && existsSync(folder)) folders.set(id, folder)
  }
  return {
    name: 'one-copy',
    setup(bundling) {
      bundling.onResolve({ filter: /^[^./]/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === 'resolving' || kind === 'entry-point') return undefined
        const options = { importer, kind, resolveDir, pluginData: 'resolving' }
        const found = await bundling.resolve(path, options)
        const [folder] = PACKAGE_FOLDER.exec(found.path) ?? []
        if (folder === undefined || found.external || isEsModule(found.path)) return undefined
        const { name, version } = readManifest(join(folder, 'package.json'))
        const first = folders.get(`${name}@${version}`) ?? folder
        return first === folder ? undefined : { path: join(first, relative(folder, found.path)) }
      })
    },
  }
}

/** esbuild would forget the module format of an ES module that a plugin resolves. */
function isEsModule(path: string): boolean {
  const manifest = findPackageJSON(pathToFileURL(path))
  return path.endsWith('.mjs') || (manifest !== undefined && readManifest(manifest).type === 'module')
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** zod exports its messages in 50 languages, which are half of its source. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup(bundling) {
    bundling.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
      loader: 'js',
    }))
  },
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
