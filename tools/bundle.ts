import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import { type Lockfile, lockfileFor, type Manifest } from './bundle-lockfile.ts'
import { notices } from './bundle-notices.ts'
import { root } from './paths.ts'

const source = join(root, 'functions')

/** Installed beside the bundle: sharp is native code; heic-decode brings libheif, whose licence (LGPL-3.0) wants it replaceable. */
export const EXTERNAL = ['heic-decode', 'sharp']

/** Bundled. firebase-tools wants to find them where it discovers and emulates functions, so they are listed, but for development only. */
export const FOR_FIREBASE_TOOLS = ['firebase-admin', 'firebase-functions']

/**
 * Builds the folder that is deployed: the functions and the packages they use in a few files, a package.json and a lockfile with what
 * stays outside, and the notices of what is inside. Whatever was in the folder is removed. Takes a second.
 * @returns which source went into which file, and what the files import: https://esbuild.github.io/api/#metafile
 */
export async function bundleFunctions(folder: string): Promise<Metafile> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { metafile } = await build({
    absWorkingDir: root,
    // The decoder's thread starts from a file of its own name (image/heic.ts), beside the file that starts it.
    entryPoints: [join(source, 'src/index.ts'), join(source, 'src/image/heic-worker.ts')],
    outdir: folder,
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true, // What the code imports lazily stays a file of its own.
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: EXTERNAL,
    // Not minified: that loads slower, and stack traces and notices in the code stay readable.
    sourcemap: 'linked',
    sourcesContent: false,
    plugins: [mapOwnSourceOnly],
    define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' }, // ws' native extras.
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

/** Bundled CommonJS packages use these three. The names are ones that no bundled code has. */
const commonJs = [
  "import { createRequire as __bundleCreateRequire } from 'node:module';",
  "import { fileURLToPath as __bundleToPath } from 'node:url';",
  "import { dirname as __bundleDirectory } from 'node:path';",
  'const require = __bundleCreateRequire(import.meta.url);',
  'const __filename = __bundleToPath(import.meta.url), __dirname = __bundleDirectory(__filename);',
].join('')

/** Stack traces name our source, in the emulators and in Cloud Logging alike: for all that is loaded after the entry. */
const stackTraces = 'process.setSourceMapsEnabled(true);'

/**
 * Packages get no source maps, which would be many times the size of ours and are read with each file.
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
