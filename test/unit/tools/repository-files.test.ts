import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { releaseNotes } from '../../../tools/changelog.ts'
import { root } from '../../../tools/paths.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const find = (...patterns: string[]) => globSync(patterns, { cwd: root }).toSorted()

type Entry = { resolved?: string; integrity?: string; link?: boolean; inBundle?: boolean }

/** Packages without integrity. Links are folders of this repository; npm checks bundled packages with their owner. */
function unverified(lockfile: string): string[] {
  const { packages } = JSON.parse(lockfile) as { packages: Record<string, Entry> }
  return Object.entries(packages)
    .filter(([path, { link, inBundle }]) => path.includes('node_modules/') && !link && !inBundle)
    .filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))
    .map(([path]) => path)
}

it.each(find('package-lock.json', 'site/package-lock.json', 'test/extra/*/package-lock.json'))(
  'every package from the registry has an integrity in %s',
  (lockfile) => {
    expect(unverified(read(lockfile))).toEqual([])
  },
)

it('unverified() finds a package without integrity, also one without other fields', () => {
  const packages = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { link: true } }
  expect(unverified(JSON.stringify({ packages }))).toEqual(['node_modules/a'])
})

it.each(find('.github/workflows/*.yml'))('%s uses actions by commit, with their version', (file) => {
  const used = Array.from(read(file).matchAll(/uses: (.*)/g), ([, action]) => action!)
  expect(used.length).toBeGreaterThan(0)
  const isPinned = (action: string) => /^(\.\/.*|[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/.test(action)
  expect(used.filter((action) => !isPinned(action))).toEqual([])
})

/** https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema, 2026-11 */
const issueForm = z.strictObject({
  name: z.string(),
  description: z.string(),
  labels: z.array(z.string()),
  body: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('markdown'), attributes: z.strictObject({ value: z.string() }) }),
      field('input', {}),
      field('textarea', { render: z.string().optional() }),
      field('dropdown', { options: z.array(z.string()).min(1) }),
    ]),
  ),
})

function field<const Type extends string>(type: Type, attributes: z.ZodRawShape) {
  return z.strictObject({
    type: z.literal(type),
    id: z.string().regex(/^[\w-]+$/),
    attributes: z.strictObject({ label: z.string(), description: z.string().optional(), ...attributes }),
    validations: z.strictObject({ required: z.boolean() }).optional(),
  })
}

it.each(find('.github/ISSUE_TEMPLATE/*.yml').filter((file) => !file.endsWith('config.yml')))(
  '%s is an issue form of GitHub',
  (file) => {
    const { body } = issueForm.parse(parse(read(file)))
    const ids = body.flatMap((part) => ('id' in part ? [part.id] : []))
    expect(new Set(ids).size).toBe(ids.length)
  },
)

it('Dependabot updates the packages of every lockfile', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as {
    updates: Array<{ 'package-ecosystem': string; directories?: string[] }>
  }
  const npm = updates.find((update) => update['package-ecosystem'] === 'npm')
  expect(npm?.directories).toEqual(['/', '/site', '/test/extra/*'])
})

it('all packages have the version of the workspace, which CHANGELOG.md describes', () => {
  const manifests = [
    'package.json',
    ...(JSON.parse(read('package.json')) as { workspaces: string[] }).workspaces.map(
      (folder) => `${folder}/package.json`,
    ),
  ]
  const versions = manifests.map((file) => (JSON.parse(read(file)) as { version: string }).version)
  expect(new Set(versions).size).toBe(1)
  expect(releaseNotes(read('CHANGELOG.md'), versions[0]!)).not.toBe('')
})

it('the next release has a changeset if CHANGELOG.md has unreleased changes', () => {
  const changes = /^## Unreleased\n(.*?)^## /ms.exec(read('CHANGELOG.md'))![1]!.trim()
  const changesets = find('.changeset/*.md').filter((file) => !file.endsWith('README.md'))
  expect(changesets.length > 0).toBe(changes !== '')
})
