import { expect, test } from 'vitest'
import { type LockedPackage, lockfileFor } from '../../../tools/bundle-lockfile.ts'

const manifest = { name: 'deployed', version: '1.0.0' }

function lock(packages: Record<string, LockedPackage>) {
  return { lockfileVersion: 3, packages }
}

test('lockfileFor() keeps only dependencies, with their versions and paths', () => {
  const rootLock = lock({
    'node_modules/a': { version: '1.0.0', dependencies: { b: '^2' } },
    'node_modules/b': { version: '1.0.0' },
    'node_modules/a/node_modules/b': { version: '2.0.0', dependencies: { c: '*' } },
    'node_modules/c': { version: '3.0.0', dev: true },
    'node_modules/unused': { version: '4.0.0' },
  })
  const { packages } = lockfileFor({ ...manifest, dependencies: { a: '1.0.0' } }, rootLock, 'functions')
  expect(packages).toEqual({
    '': { ...manifest, dependencies: { a: '1.0.0' } },
    'node_modules/a': { version: '1.0.0', dependencies: { b: '^2' } },
    'node_modules/a/node_modules/b': { version: '2.0.0', dependencies: { c: '*' } },
    'node_modules/c': { version: '3.0.0' },
  })
})

test('lockfileFor() prefers the packages of the workspace to those of the root', () => {
  const rootLock = lock({
    'functions/node_modules/a': { version: '2.0.0' },
    'node_modules/a': { version: '1.0.0' },
  })
  const { packages } = lockfileFor({ ...manifest, dependencies: { a: '2.0.0' } }, rootLock, 'functions')
  expect(packages['node_modules/a']).toEqual({ version: '2.0.0' })
})

test('lockfileFor() marks development and optional dependencies', () => {
  const rootLock = lock({
    'node_modules/a': { version: '1.0.0', optionalDependencies: { native: '1', elsewhere: '1', both: '1' } },
    'node_modules/native': { version: '1.0.0' },
    'node_modules/both': { version: '1.0.0' },
    'node_modules/tool': {
      version: '1.0.0',
      dependencies: { both: '1', a: '1' },
      peerDependencies: { peer: '1' },
    },
    'node_modules/peer': { version: '1.0.0', peer: true },
  })
  const { packages } = lockfileFor(
    { ...manifest, dependencies: { a: '1.0.0' }, devDependencies: { tool: '1.0.0' } },
    rootLock,
    'functions',
  )
  const flags = Object.fromEntries(
    Object.entries(packages).map(([place, { dev, optional, devOptional, peer }]) => [
      place.replace('node_modules/', ''),
      Object.entries({ dev, optional, devOptional, peer }).flatMap(([flag, is]) => (is ? [flag] : [])),
    ]),
  )
  expect(flags).toEqual({
    '': [],
    a: [],
    native: ['optional'],
    both: ['devOptional'],
    tool: ['dev'],
    peer: ['dev'],
  })
})

test('lockfileFor() fails for a missing package, and for two versions with one path', () => {
  const needing = { ...manifest, dependencies: { a: '1.0.0' } }
  expect(() => lockfileFor(needing, lock({}), 'functions')).toThrow('lacks a, which functions needs')
  const twice = lock({
    'functions/node_modules/a': { version: '2.0.0', dependencies: { b: '1' } },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '1.0.0', dependencies: { a: '1' } },
    'functions/node_modules/b': { version: '1.0.0' },
  })
  expect(lockfileFor(needing, twice, 'functions').packages).toHaveProperty(['node_modules/b'])
  delete twice.packages['functions/node_modules/b']
  expect(() => lockfileFor(needing, twice, 'functions')).toThrow('two versions have the path node_modules/a')
})
