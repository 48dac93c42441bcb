import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { FIRESTORE, findBlock, STORAGE, UnsupportedLayout } from '../../cli/src/rules/block.ts'
import { mergeRules } from '../../cli/src/rules/merge.ts'
import { RulesSyntaxError } from '../../cli/src/rules/reader.ts'
import { root } from '../paths.ts'
import type { Finding } from './finding.ts'
import type { Google } from './google.ts'
import { DEFAULT_LAYOUT, rulesForProject } from './project-files.ts'

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
  /** UPLOAD_PATH, which replaces that of the file. */
  uploadPath?: string
}

/** Checks that the active rules have the same text as in this repository, or contain it as `firesight init` merges it. */
export async function checkRules(
  google: Google,
  {
    release: id,
    file,
    collection = DEFAULT_LAYOUT.collection,
    uploadPath = DEFAULT_LAYOUT.uploadPath,
  }: RulesOf,
): Promise<Omit<Finding, 'check'>[]> {
  const target = file === 'storage.rules' ? 'storage' : 'firestore:rules'
  const command = `firebase deploy --only ${target} --project ${google.project}   # replaces the project's rules: docs/deploy.md`
  const expected = `the rules of ${file}`
  const released = await readReleasedRules(google, id)
  if (released === undefined)
    return [{ state: 'problem', found: `no active rules for ${id}`, expected, command }]
  const ours = readFileSync(join(root, file), 'utf8')
  if (findBlock(released))
    return [mergedFinding(released, ours, file, { collection, uploadPath }, google.project)]
  const rules = expectedRules(ours, file, { collection, uploadPath })
  if (typeof rules !== 'string') return [{ state: 'problem', ...rules }]
  const line = differingLine(released, rules)
  if (line === undefined) return [{ state: 'ok', found: `the active rules are those of ${file}` }]
  return [
    {
      state: 'problem',
      found: `the active rules differ from ${file}, first in line ${line}`,
      expected: rules === ours ? expected : `${expected}, for UPLOAD_PATH and IMAGES_COLLECTION`,
      // The Firebase CLI alone would release the file without the settings.
      command: rules === ours ? command : `npm run deploy -- --project ${google.project} --only rules`,
    },
  ]
}

function expectedRules(
  ours: string,
  file: RulesOf['file'],
  layout: { collection: string; uploadPath: string },
): string | Pick<Finding, 'found' | 'expected'> {
  try {
    return rulesForProject(ours, file, layout)
  } catch (error) {
    if (!(error instanceof UnsupportedLayout || error instanceof RulesSyntaxError)) throw error
    return { found: error.message, expected: `${file} with rules for UPLOAD_PATH and IMAGES_COLLECTION` }
  }
}

/** Other rules of the project must stay, so the advice is never to deploy the file of this repository. */
function mergedFinding(
  released: string,
  ours: string,
  file: RulesOf['file'],
  { collection, uploadPath }: { collection: string; uploadPath: string },
  project: string,
): Omit<Finding, 'check'> {
  const layout = { uploadPaths: [uploadPath], imagesCollections: [collection] }
  const merged = mergeRules(released, ours, file === 'storage.rules' ? STORAGE : FIRESTORE, layout)
  if ('text' in merged && merged.text === released) {
    return { state: 'ok', found: `the active rules contain those of ${file}, merged by firesight init` }
  }
  const found =
    'text' in merged
      ? `the active rules contain rules of another version or layout, merged by firesight init`
      : `the active rules contain rules that firesight init merged, and cannot be merged again (${merged.obstacle.kind})`
  const command = `npx firesight init --project ${project}   # then deploy the rules of that project`
  return { state: 'problem', found, expected: `the rules of ${file} of this version`, command }
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
