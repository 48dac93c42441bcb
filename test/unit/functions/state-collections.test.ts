import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../../tools/paths.ts'

/** Collections of an app, from the settings, and the first part of a StatePath. */
const VARIABLES = ['collection', 'extensionCollection', 'imagesCollection']

it('the functions name collections only by STATE_COLLECTIONS and by settings', () => {
  const folder = join(root, 'functions/src')
  const named = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(join(folder, file), 'utf8').matchAll(/\.\s*collection(?:Group)?\(\s*([^)]*?)\s*\)/g),
    ])
    .map(([, name]) => name!)
  expect(named).toContain('STATE_COLLECTIONS.circuits')
  expect(named.filter((name) => !VARIABLES.includes(name) && !name.startsWith('STATE_COLLECTIONS.'))).toEqual(
    [],
  )
})
