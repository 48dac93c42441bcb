import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { __getSpec } from 'firebase-functions/options'
import { expect, it } from 'vitest'
import { VARIABLES } from '../../functions/src/config/params.ts'
import { exampleEnvironment, generatedPages } from '../../tools/docs.ts'
import { costSummary } from '../../tools/docs-cost.ts'
import { schemaFiles } from '../../tools/docs-schemas.ts'
import { root } from '../../tools/paths.ts'

it.each([...generatedPages(), exampleEnvironment(), ...schemaFiles()])(
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

it('the comparison in the README has the figures of its cost table', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const [masks, boxes] = ['with masks', 'boxes only \\(`MASK_POINTS=0`\\)'].map((row) => {
    const [, plain, thinking] = new RegExp(`^\\| ${row} \\| ([\\d.]+) \\| ([\\d.]+)`, 'm').exec(
      costSummary(),
    )!
    return { plain, thinking }
  })
  expect(readme).toContain(
    `[${masks!.plain} to ${masks!.thinking}, boxes only ${boxes!.plain} to ${boxes!.thinking}](#cost)`,
  )
  expect(readme).toContain(
    `with the thinking that we expect, ${boxes!.thinking} for boxes and ${masks!.thinking} with masks`,
  )
  expect(readme.split('\n').length).toBeLessThanOrEqual(151)
})

/** The parameters of the manifest. The SDK's type of `params` lacks `type`. */
function declaredParams(): { type: string }[] {
  const params = __getSpec().params as unknown as { type: string }[]
  return params.filter(({ type }) => type !== 'secret')
}

it('docs/schemas has no other schema, and its page links each one', () => {
  const folder = join(import.meta.dirname, '../../docs/schemas')
  const schemas = schemaFiles().map(({ path }) => basename(path))
  const page = readFileSync(join(folder, 'README.md'), 'utf8')
  expect(readdirSync(folder).toSorted()).toEqual(['README.md', ...schemas].toSorted())
  expect(schemas.filter((name) => !page.includes(`](${name})`))).toEqual([])
})

/** Resolves the parameters of a deployment with the code of firebase-tools. */
async function deployWith(file: string): Promise<Record<string, { asString(): string }>> {
  const require = createRequire(import.meta.url)
  const { parseStrict } = require('firebase-tools/lib/functions/env.js')
  const { envWithTypes } = require('firebase-tools/lib/deploy/functions/build.js')
  const { resolveParams } = require('firebase-tools/lib/deploy/functions/params.js')
  const params = declaredParams()
  const { paramValues } = await resolveParams({
    params,
    firebaseConfig: { projectId: 'demo-firesight' },
    userEnvs: envWithTypes(params, parseStrict(file)),
    codebase: 'firesight',
    nonInteractive: true,
  })
  return paramValues
}

it('firebase-tools asks only for the bucket and App Check when it deploys functions/.env.example', async () => {
  const { found: file } = exampleEnvironment()
  await expect(deployWith(file)).rejects.toThrow(/: UPLOAD_BUCKET, ENFORCE_APP_CHECK\n/)
  const values = await deployWith(`${file}\nUPLOAD_BUCKET=photos\nENFORCE_APP_CHECK=false\n`)
  const asked = VARIABLES.filter((variable) => variable.asked && variable.name !== 'UPLOAD_BUCKET')
  expect(asked.map(({ name }) => [name, values[name]?.asString()])).toEqual(
    asked.map(({ name, default: value }) => [name, String(value)]),
  )
})
