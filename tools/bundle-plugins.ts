import { existsSync, readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'
import type { Lockfile, Manifest } from './bundle-lockfile.ts'
import { root } from './paths.ts'

// How the bundle of the functions differs from what esbuild makes of its packages.

/**
 * Excludes packages from source maps: their maps would be many times larger than ours, and are loaded with
 * each file.
 * https://github.com/evanw/esbuild/issues/1685, 2026-11
 */
export const mapOwnSourceOnly: Plugin = {
  name: 'map-own-source-only',
  setup(bundling) {
    const none = Buffer.from('{"version":3,"sources":[""],"mappings":"AAAA"}').toString('base64')
    bundling.onLoad({ filter: /[/\\]node_modules[/\\].*\.[cm]?js$/ }, ({ path }) => ({
      contents: `${readFileSync(path, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${none}`,
      loader: 'js',
    }))
  },
}

/**
 * Replaces the message classes of Google's APIs: 2 MB, which every instance would compile and run before its
 * first document. Packages export them, but rarely call them: @google-cloud/firestore 9.4.1 for its pipelines and
 * bundles, google-gax 6.17.0 for long-running operations. A namespace, a class or a constant can be read, but has
 * no value; calling it throws.
 */
export const withoutMessageClasses: Plugin = {
  name: 'without-message-classes',
  setup(bundling) {
    const filter = /[/\\](firestore-api|google-gax)[/\\]build[/\\]protos[/\\]\w+\.js$/
    bundling.onLoad({ filter }, () => ({ contents: `module.exports = (${placeholder.toString()})('')` }))
  },
}

/** Stands for a namespace, a class or a function. Runs in the bundle. */
export function placeholder(name: string): unknown {
  function refuse(): never {
    throw new Error(`The deployed bundle does not contain ${name}: see tools/bundle-plugins.ts`)
  }
  return new Proxy(refuse, {
    get: (_, key) =>
      key === '__esModule' || placeholder(name === '' ? String(key) : `${name}.${String(key)}`),
  })
}

/** The folder of a package within a path, also of a nested one. */
const PACKAGE_FOLDER = /^(?:.*[/\\])?node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/

/** Whether a source file belongs to a package. */
export function isOfPackage(path: string): boolean {
  return PACKAGE_FOLDER.test(path)
}

/**
 * Bundles one copy of each version of a CommonJS package. npm installs a version several times if the root
 * folder has another version: google-auth-library three times, which an instance would load one after another.
 */
export function oneCopy({ packages }: Lockfile): Plugin {
  const folders = new Map<string, string>()
  for (const [path, { version }] of Object.entries(packages)) {
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
export const englishOnly: Plugin = {
  name: 'english-only',
  setup(bundling) {
    bundling.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
      loader: 'js',
    }))
  },
}
