import { execFileSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { packageFunctions } from '../../../tools/functions-package.ts'
import { root } from '../../../tools/paths.ts'
import { HEAVY, loadEntry, packageOf } from '../../support/entry.ts'

// An app outside the repository, which has installed the package and its peer dependencies only.
const app = realpathSync(mkdtempSync(join(tmpdir(), 'firesight-app-')))
const modules = join(app, 'node_modules')
const folder = join(modules, 'firesight')
afterAll(() => rmSync(app, { recursive: true, force: true }))

const metafile = await packageFunctions(folder)
type Manifest = {
  exports: Record<string, string | { types: string; default: string }>
  peerDependencies: Record<string, string>
  peerDependenciesMeta: Record<string, object>
}
const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const required = Object.keys(manifest.peerDependencies).filter(
  (name) => !(name in manifest.peerDependenciesMeta),
)
mkdirSync(join(modules, '@types'))
for (const name of [...required, '@types/node'])
  symlinkSync(realpathSync(join(root, 'node_modules', name)), join(modules, name), 'junction')
writeFileSync(join(app, 'package.json'), '{ "private": true, "type": "commonjs" }')

/** Runs code in the app. @returns stdout */
function run(code: string, environment: Record<string, string> = {}): string {
  const env = { ...process.env, FIREBASE_CONFIG: '{"storageBucket":"demo.appspot.com"}', ...environment }
  return execFileSync(process.execPath, ['--eval', code], { cwd: app, encoding: 'utf8', env })
}

it('the package contains every file that its package.json names', () => {
  const files = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === 'string' ? entry : [entry.types, entry.default],
  )
  const others = ['README.md', 'LICENSE', 'THIRD-PARTY-NOTICES.txt', 'npm-shrinkwrap.json']
  expect([...files, ...others].filter((file) => !existsSync(join(folder, file)))).toEqual([])
  expect(Object.keys(manifest.exports)).toEqual(
    expect.arrayContaining([
      '.',
      './lib',
      './storage.rules',
      './firestore.rules',
      './firestore.indexes.json',
    ]),
  )
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).not.toMatch(/\]\(\.\.?\//)
})

it('the package takes at most 9 MB, 45 MB with sharp (18 to 28 MB)', () => {
  const files = globSync('**/*', { cwd: folder }).map((file) => statSync(join(folder, file)))
  const bytes = files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)
  expect(bytes).toBeGreaterThan(3e6)
  expect(bytes).toBeLessThan(9e6)
})

it('a CommonJS module loads the functions and the library', () => {
  const source = Object.keys(loadEntry(join(root, 'functions/src/index.ts')).endpoints)
  const names: string[][] = JSON.parse(
    run(
      `console.log(JSON.stringify([require('firesight'), require('firesight/lib')].map((entry) => Object.keys(entry))))`,
    ),
  )
  expect(names[0]).toEqual(expect.arrayContaining(source))
  expect(names[1]).toContain('annotateImage')
})

it('HEIC=decode needs the decoder, and the error names its package', () => {
  const load = (environment: Record<string, string>) =>
    run(`try { require('firesight'); console.log('loaded') } catch (error) { console.log(error.message) }`, {
      FUNCTIONS_CONTROL_API: 'true',
      ...environment,
    }).trim()
  expect(load({ HEIC: 'decode' })).toContain('npm install libheif-js')
  expect(['original', 'off'].map((HEIC) => load({ HEIC }))).toEqual(['loaded', 'loaded'])
})

it('the library declares no parameter, secret or function', () => {
  const code = `require('firesight/lib').createServices({ bucket: 'photos' })
    .then(() => console.log(JSON.stringify(require('firebase-functions/params').declaredParams ?? 'none')))`
  expect(run(code).trim()).toBe('[]')
})

it('the functions are registered with the Firebase SDK of the app, and load no heavy package', () => {
  const { endpoints, modules: loaded } = loadEntry(join(folder, 'index.js'))
  expect(endpoints).toEqual(loadEntry(join(root, 'functions/src/index.ts')).endpoints)
  const packages = new Set(loaded.map(packageOf))
  expect(packages).toContain('firebase-functions')
  expect(HEAVY.filter((name) => packages.has(name))).toEqual([])
})

it('the code imports only Node modules and peer dependencies', () => {
  const outside = Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external).map(({ path }) => path.split('/')[0]!),
  )
  const builtin = new Set(
    builtinModules.flatMap((name) => [name.split('/')[0]!, `node:${name.split('/')[0]!}`]),
  )
  expect(new Set(outside.filter((path) => !builtin.has(path)))).toEqual(
    new Set(Object.keys(manifest.peerDependencies)),
  )
})

it.each([
  ['nodenext', { module: 'nodenext' }],
  ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
])('the types compile without other packages, with module resolution "%s"', (_, options) => {
  writeFileSync(join(app, 'app.ts'), "export * from 'firesight'\nexport * as lib from 'firesight/lib'\n")
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: 'es2022',
    types: ['node'],
    noEmit: true,
    ...options,
  }
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  // Checks declarations too, but other packages have errors of their own.
  const output = execFileSync('sh', ['-c', `"${process.execPath}" "${compiler}" -p . || true`], {
    cwd: app,
    encoding: 'utf8',
  })
  expect(
    output.split('\n').filter((line) => /^(app\.ts|node_modules\/firesight\/)|^error/.test(line)),
  ).toEqual([])
})

it('the command runs from the package', () => {
  const help = execFileSync(process.execPath, [join(folder, 'cli.js'), '--help'], {
    cwd: app,
    encoding: 'utf8',
  })
  expect(help).toContain('Usage: firesight init')
})

it('the shrinkwrap lists no package, so that npm installs none below the package', () => {
  const { packages }: { packages: object } = JSON.parse(
    readFileSync(join(folder, 'npm-shrinkwrap.json'), 'utf8'),
  )
  expect(Object.keys(packages)).toEqual([''])
})
