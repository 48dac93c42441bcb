import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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

/**
 * Bundled, but also listed as development dependencies: firebase-tools needs them to discover and emulate
 * functions.
 */
const FOR_FIREBASE_TOOLS = ['firebase-admin', 'firebase-functions']

/**
 * Builds the folder to deploy: a bundle of the functions and their packages, a package.json and a lockfile
 * with the external packages, and the licence notices. Deletes the previous content of the folder. Takes
 * about a second.
 * @returns the inputs and imports of each file: https://esbuild.github.io/api/#metafile
 */
export async function bundleFunctions(folder: string): Promise<Metafile> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { metafile } = await build({
    absWorkingDir: root,
    // image/heic.ts starts the decoder thread from heic-worker.js in the same folder, and index.ts loads
    // discovery.js from there.
    entryPoints: ['index.ts', 'image/heic-worker.ts', 'discovery.ts'].map((file) =>
      join(source, 'src', file),
    ),
    outdir: folder,
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true, // Lazily imported modules stay in separate files.
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: EXTERNAL,
    // Minified code loads more slowly, and its stack traces and licence comments are not readable.
    sourcemap: 'linked',
    sourcesContent: false,
    plugins: [mapOwnSourceOnly],
    define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' }, // Disables the native extensions of ws.
    banner: { js: commonJs + stackTraces },
    metafile: true,
    logLevel: 'warning',
  })
  const manifest = deployedManifest()
  const rootLock: Lockfile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  write(folder, 'package.json', manifest)
  write(folder, 'package-lock.json', lockfileFor(manifest, rootLock, 'functions'))
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

function deployedManifest(): Manifest {
  const { name, version, license, engines, dependencies }: Required<Manifest> = JSON.parse(
    readFileSync(join(source, 'package.json'), 'utf8'),
  )
  const pick = (names: string[]) => Object.fromEntries(names.map((key) => [key, exactly(key, dependencies)]))
  return {
    name,
    version,
    private: true,
    license,
    type: 'module',
    main: 'index.js',
    engines,
    dependencies: pick(EXTERNAL),
    devDependencies: pick(FOR_FIREBASE_TOOLS),
  }
}

function exactly(name: string, versions: Record<string, string>): string {
  const version = versions[name]
  if (!version || !/^\d/.test(version))
    throw new Error(`functions/package.json must name an exact version of ${name}, not ${version}`)
  return version
}

function write(folder: string, file: string, content: object): void {
  writeFileSync(join(folder, file), `${JSON.stringify(content, null, 2)}\n`)
}
