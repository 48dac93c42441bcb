import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, expect, test } from 'vitest'
import { bundleFunctions, EXTERNAL } from '../../../tools/bundle.ts'
import type { Lockfile } from '../../../tools/bundle-lockfile.ts'
import { placeholder } from '../../../tools/bundle-plugins.ts'
import { root } from '../../../tools/paths.ts'
import { HEAVY, loadEntry, packageOf } from '../../support/entry.ts'

// Outside the repository, so that only packages of package.json can be found.
const folder = join(realpathSync(mkdtempSync(join(tmpdir(), 'firesight-bundle-'))), 'dist')
afterAll(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

const metafile = await bundleFunctions(folder)
const manifest: { main: string; dependencies: Record<string, string> } = JSON.parse(
  readFileSync(join(folder, 'package.json'), 'utf8'),
)
mkdirSync(join(folder, 'node_modules'))
for (const name of Object.keys(manifest.dependencies))
  symlinkSync(realpathSync(join(root, 'node_modules', name)), join(folder, 'node_modules', name), 'junction')

const entry = loadEntry(join(folder, manifest.main))

/** The sources of a file of the bundle. */
const inputs = new Map(
  Object.entries(metafile.outputs).map(([path, output]) => [basename(path), Object.keys(output.inputs)]),
)

test('the bundle exports the functions of index.ts, with the same endpoints', () => {
  const source = loadEntry(join(root, 'functions/src/index.ts'))
  expect(entry.endpoints).toEqual(source.endpoints)
})

test('the bundle’s entry loads no heavy package', () => {
  const files = entry.modules.map((url) => relative(folder, fileURLToPath(url)))
  expect(files).toContain('index.js')
  const packages = new Set(files.flatMap((file) => inputs.get(file) ?? [file]).map(packageOf))
  expect(packages).toContain('firebase-functions') // Checks that imports were recorded.
  expect(HEAVY.filter((name) => packages.has(name))).toEqual([])
})

/** The folder of a package within a path. */
const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/

test('a CommonJS package is bundled once, and its other copies have the same dependencies', () => {
  const { packages }: Lockfile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const bundled = new Map<string, Set<string>>()
  for (const [path, { format }] of Object.entries(metafile.inputs)) {
    const [found] = PACKAGE_FOLDER.exec(path) ?? []
    if (found === undefined || format !== 'cjs') continue
    const id = `${packageOf(path)}@${packages[found]!.version}`
    bundled.set(id, (bundled.get(id) ?? new Set()).add(found))
  }
  expect([...bundled.keys()]).toContainEqual(expect.stringMatching(/^google-auth-library@/))
  expect([...bundled].filter(([, folders]) => folders.size > 1)).toEqual([])

  /** The version that a package in this folder gets. */
  const versionFor = (from: string, name: string): string | undefined => {
    const nested = packages[`${from}/node_modules/${name}`] ?? packages[`node_modules/${name}`]
    const parent = from.lastIndexOf('/node_modules/')
    return packages[`${from}/node_modules/${name}`] || parent < 0
      ? nested?.version
      : versionFor(from.slice(0, parent), name)
  }
  const copies = Map.groupBy(
    Object.entries(packages).filter(([path]) => path.includes('node_modules/')),
    ([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`,
  )
  for (const [id, folders] of bundled) {
    // Copies that only development needs are never bundled.
    const versions = copies
      .get(id)!
      .filter(([path, { dev }]) => !dev || folders.has(path))
      .map(([path, { dependencies = {} }]) =>
        Object.keys(dependencies).map((name) => [name, versionFor(path, name)]),
      )
    for (const other of versions) expect(other).toEqual(versions[0])
  }
})

test('the bundle has placeholders for the message classes of Google’s APIs; a call says which is missing', () => {
  const isClasses = (path: string) => /\/(firestore-api|google-gax)\/build\/protos\/\w+\.js$/.test(path)
  const classes = Object.values(metafile.outputs).flatMap(({ inputs: sources }) =>
    Object.entries(sources).filter(([path]) => isClasses(path)),
  )
  expect(classes.filter(([, { bytesInOutput }]) => bytesInOutput > 1000)).toEqual([])
  // What these files do with the classes was read: only pipelines, bundles and long-running operations call them.
  const users = Object.entries(metafile.inputs).filter(([, { imports }]) =>
    imports.some(({ path }) => isClasses(path)),
  )
  expect(users.map(([path]) => path.replace(/^.*node_modules\//, '')).toSorted()).toEqual([
    '@google-cloud/firestore-api/build/src/index.js',
    '@google-cloud/firestore/build/protos/firestore_v1_proto_api.js',
    'google-gax/build/src/fallback.js',
    'google-gax/build/src/index.js',
    'google-gax/build/src/longRunningCalls/longrunning.js',
  ])

  const { google } = placeholder('') as {
    google: { type: { Date: { new (): unknown; fromObject: () => void } } }
  }
  expect(google.type.Date).toBeTypeOf('function')
  expect(() => google.type.Date.fromObject()).toThrow('does not contain google.type.Date.fromObject')
  expect(() => new google.type.Date()).toThrow('does not contain google.type.Date')
})

test('every external import of the bundle is a Node module or listed in package.json', () => {
  const outside = Object.values(metafile.outputs).flatMap(({ imports }) =>
    // libheif-js has an entry in a subfolder.
    imports
      .filter(({ external }) => external)
      .map(({ path }) => path.replace(/^libheif-js\/.*/, 'libheif-js')),
  )
  const builtin = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]))
  expect(new Set(outside.filter((path) => !builtin.has(path)))).toEqual(
    new Set(Object.keys(manifest.dependencies)),
  )
})

test('every file of the bundle loads with only the listed packages', () => {
  const files = globSync('*.js', { cwd: folder }).filter((file) => file !== 'heic-worker.js')
  const script = files.map(
    (file) => `await import(${JSON.stringify(pathToFileURL(join(folder, file)).href)})`,
  )
  const env = { ...process.env, FIREBASE_CONFIG: '{"storageBucket":"demo.appspot.com"}' }
  const args = ['--input-type=module', '--eval', `${script.join('\n')}\nconsole.log('loaded')`]
  expect(execFileSync(process.execPath, args, { encoding: 'utf8', env, cwd: folder })).toBe('loaded\n')
})

test('stack traces refer to the source files', () => {
  const script = `
    const { onImageDeleted } = await import(${JSON.stringify(pathToFileURL(join(folder, 'index.js')).href)})
    console.log(await onImageDeleted.run({}).catch((error) => error.stack))`
  const env = { ...process.env, FIREBASE_CONFIG: '{"storageBucket":"demo.appspot.com"}', MAX_OBJECTS: '0' }
  const args = ['--input-type=module', '--eval', script]
  const stack = execFileSync(process.execPath, args, { encoding: 'utf8', env })
  expect(stack).toContain('Cannot use the parameters')
  expect(stack).toMatch(/functions\/src\/config\/read-config\.ts:\d+:\d+/)
})

test('only files with our source have source maps', () => {
  const mapped = Object.keys(metafile.outputs).filter((path) => `${path}.map` in metafile.outputs)
  expect(mapped.map((path) => basename(path))).toContain('index.js')
  const isOwn = (input: string) => input.startsWith('functions/src/')
  expect(mapped.filter((path) => !Object.keys(metafile.outputs[path]!.inputs).some(isOwn))).toEqual([])
  const maps = globSync('*.map', { cwd: folder })
  expect(maps.toSorted()).toEqual(mapped.map((path) => `${basename(path)}.map`).toSorted())
  const linked = globSync('*.js', { cwd: folder }).filter((file) =>
    readFileSync(join(folder, file), 'utf8').includes('//# sourceMappingURL='),
  )
  expect(linked.map((file) => `${file}.map`).toSorted()).toEqual(maps.toSorted())
})

test('the HEIC decoder runs from the bundle', async () => {
  const starter = [...inputs].find(([, sources]) => sources.includes('functions/src/image/heic.ts'))
  expect(globSync('{heic-worker.js,*/heic-worker.js}', { cwd: folder })).toEqual(['heic-worker.js'])
  expect(globSync(`**/${starter?.[0]}`, { cwd: folder })).toEqual([starter?.[0]])

  const bytes = readFileSync(join(root, 'test/fixtures/four-shapes.heic'))
  const worker = new Worker(join(folder, 'heic-worker.js'), { workerData: { bytes, decode: true } })
  const answer = await new Promise<{ width: number; height: number; rgba: ArrayBuffer }>(
    (resolve, reject) => {
      worker.once('message', resolve).once('error', reject)
    },
  )
  await worker.terminate()
  expect(answer.width).toBeGreaterThan(0)
  expect(answer.rgba.byteLength).toBe(answer.width * answer.height * 4)
})

test('the lockfile installs exactly what package.json lists', () => {
  // npm fails for missing packages and wrong versions.
  const args = ['ls', '--package-lock-only', '--all', '--omit=dev', '--parseable']
  const tree = execFileSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  const names = tree.split('\n').flatMap((path) => packageOf(path) ?? [])
  expect(names).toEqual(expect.arrayContaining(['libheif-js', 'sharp']))
  expect(names).not.toContain('firebase-admin')
})

test('the notices list every bundled package, and no LGPL code is bundled', () => {
  const notices = readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8')
  const packages = new Set(Object.keys(metafile.inputs).flatMap((path) => packageOf(path) ?? []))
  expect(packages.size).toBeGreaterThan(20)
  for (const name of packages) expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'))
  expect(notices).not.toMatch(/^Licence: .*(GPL|UNLICENSED)/m)
  for (const name of [...EXTERNAL, 'libheif-js']) expect(packages).not.toContain(name)
})
