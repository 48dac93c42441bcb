import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { root } from '../paths.ts'
import type { Finding } from './finding.ts'
import type { Google } from './google.ts'

// https://firebase.google.com/docs/reference/rules/rest/v1/projects.releases and projects.rulesets, read
// 2026-11-27
const release = z.looseObject({ name: z.string(), rulesetName: z.string() })
const ruleset = z.looseObject({
  source: z.looseObject({ files: z.array(z.looseObject({ name: z.string(), content: z.string() })).min(1) }),
})

type RulesOf = {
  /**
   * The release name: `cloud.firestore` for the default database, `cloud.firestore/<database>` for another one,
   * or `firebase.storage/<bucket>`.
   */
  release: string
  file: 'firestore.rules' | 'storage.rules'
  /** IMAGES_COLLECTION, whose name replaces that of the file. */
  collection?: string
}

/** Checks that the active rules have the same text as in this repository. */
export async function checkRules(
  google: Google,
  { release: id, file, collection = 'images' }: RulesOf,
): Promise<Omit<Finding, 'check'>[]> {
  const target = file === 'storage.rules' ? 'storage' : 'firestore:rules'
  const command = `firebase deploy --only ${target} --project ${google.project}   # replaces the project's rules: docs/deploy.md`
  const expected = `the rules of ${file}`
  const released = await readReleasedRules(google, id)
  if (released === undefined)
    return [{ state: 'problem', found: `no active rules for ${id}`, expected, command }]
  const rules = readFileSync(join(root, file), 'utf8').replace('match /images/', `match /${collection}/`)
  const line = differingLine(released, rules)
  if (line === undefined) return [{ state: 'ok', found: `the active rules are those of ${file}` }]
  return [
    {
      state: 'problem',
      found: `the active rules differ from ${file}, first in line ${line}`,
      expected,
      command,
    },
  ]
}

/** The text of the active rules; undefined if there are none. */
export async function readReleasedRules(google: Google, id: string): Promise<string | undefined> {
  const path = `v1/projects/${google.project}/releases/${encodeURI(id)}`
  const current = await google.get('firebaserules', path, release)
  const found = current && (await google.get('firebaserules', `v1/${current.rulesetName}`, ruleset))
  return found?.source.files.map(({ content }) => content).join('\n')
}

/** The number of the first different line. Ignores whitespace at the end of lines and of the file. */
function differingLine(deployed: string, ours: string): number | undefined {
  const [theirs, wanted] = [deployed, ours].map((text) => text.trimEnd().split(/[ \t]*\r?\n/))
  if (!theirs || !wanted) return undefined
  const index = Array.from({ length: Math.max(theirs.length, wanted.length) }).findIndex(
    (_, at) => theirs[at] !== wanted[at],
  )
  return index === -1 ? undefined : index + 1
}
