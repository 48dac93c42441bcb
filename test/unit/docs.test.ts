import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PARAMETERS } from '../../functions/src/config/params.ts'
import { exampleEnvironment, generatedPages } from '../../tools/docs.ts'

it.each([...generatedPages(), exampleEnvironment()])(
  '$path is what the code says (npm run docs)',
  ({ found, expected }) => {
    expect(found).toBe(expected)
  },
)

it('every example in docs/examples is part of a page', () => {
  const shown = generatedPages().flatMap(({ found }) =>
    Array.from(found.matchAll(/<!-- example: ([\w-]+) -->/g), ([, name]) => `${name}.ts`),
  )
  const files = readdirSync(join(import.meta.dirname, '../../docs/examples')).filter((name) =>
    name.endsWith('.ts'),
  )
  expect([...new Set(shown)].toSorted()).toEqual(files.toSorted())
})

/** Resolves the parameters of a deployment with the code of firebase-tools. */
async function deployWith(file: string): Promise<Record<string, { asString(): string }>> {
  const require = createRequire(import.meta.url)
  const { parseStrict } = require('firebase-tools/lib/functions/env.js')
  const { envWithTypes } = require('firebase-tools/lib/deploy/functions/build.js')
  const { resolveParams } = require('firebase-tools/lib/deploy/functions/params.js')
  const params = PARAMETERS.map(({ name, options }) => {
    const type = typeof options.default
    return { name, type: type === 'number' ? 'int' : type, default: options.default }
  })
  const { paramValues } = await resolveParams({
    params,
    firebaseConfig: { projectId: 'demo-firesight' },
    userEnvs: envWithTypes(params, parseStrict(file)),
    codebase: 'firesight',
    nonInteractive: true,
  })
  return paramValues
}

it('firebase-tools asks only for ENFORCE_APP_CHECK when it deploys functions/.env.example', async () => {
  await expect(deployWith(exampleEnvironment().found)).rejects.toThrow(/: ENFORCE_APP_CHECK\n/)
  const values = await deployWith(`${exampleEnvironment().found}\nENFORCE_APP_CHECK=false\n`)
  const found = PARAMETERS.map(({ name }) => [name, values[name]?.asString()])
  const defaults = PARAMETERS.map(({ name, options }) => [
    name,
    `${options.default as string | number | boolean}`,
  ])
  expect(found).toEqual(defaults)
})

it('firebase-tools rejects a non-interactive deployment if a parameter has no value', async () => {
  const withoutOne = exampleEnvironment().found.replace(/^MAX_OBJECTS=.*\n/m, '')
  await expect(deployWith(withoutOne)).rejects.toThrow(/: MAX_OBJECTS, ENFORCE_APP_CHECK\n/)
})

it('docs/security.md names only tests that exist', () => {
  const root = join(import.meta.dirname, '../..')
  const page = readFileSync(join(root, 'docs/security.md'), 'utf8')
  const named = Array.from(page.matchAll(/\]\(\.\.\/(test\/[^)]+)\)/g), ([, path]) => path!)
  expect(named.length).toBeGreaterThan(30)
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
