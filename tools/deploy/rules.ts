import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findBlock, UnsupportedLayout } from '../../cli/src/rules/block.ts'
import { RulesSyntaxError } from '../../cli/src/rules/reader.ts'
import type { Google } from '../doctor/google.ts'
import { type ProjectLayout, type RulesFile, rulesForProject } from '../doctor/project-files.ts'
import { readReleasedRules } from '../doctor/rules.ts'
import { root } from '../paths.ts'
import type { Found, Outcome } from './inspection.ts'
import { isNewProjectRules } from './new-project-rules.ts'
import { type History, readHistory } from './rules-history.ts'

export type RulesTarget = {
  /** The release name: `cloud.firestore`, `cloud.firestore/<database>` or `firebase.storage/<bucket>`. */
  release: string
  file: RulesFile
  layout: ProjectLayout
}

export type ReplaceOptions = {
  /** --replace-rules */
  replace: boolean
  history?: History
  /** The rules of this repository. */
  current?: string
}

/**
 * Checks that the deployment replaces no rules of the project's own: a release holds one file, so deploying ours
 * removes the others. Ours in any committed version, and the rules of new projects, may be replaced.
 * @returns the rules to release; undefined if they cannot be written for the settings
 */
export async function checkReplacedRules(
  google: Google,
  target: RulesTarget,
  options: ReplaceOptions,
): Promise<Outcome<string | undefined>> {
  const { release, file, layout } = target
  const { current = readFileSync(join(root, file), 'utf8'), history = readHistory(file) } = options
  const wanted = forLayout(current, target)
  if (wanted instanceof Error) {
    const setting =
      file === 'storage.rules' ? `UPLOAD_PATH=${layout.uploadPath}` : `IMAGES_COLLECTION=${layout.collection}`
    const finding: Found = {
      state: 'problem',
      found: `cannot write rules for ${setting}: ${wanted.message}`,
      expected: `a match for this setting in ${file}. Write it, and test it`,
      command: `$EDITOR ${file}`,
    }
    return { value: undefined, findings: [finding] }
  }
  const released = await readReleasedRules(google, release)
  const earlier = history.versions.flatMap((text) => [text, forLayout(text, target)])
  const isOurs = (text: string) =>
    earlier.some((version) => !(version instanceof Error) && isSame(version, text))
  const change = (found: string): Found => ({
    state: 'change',
    found: `${release} has ${found}`,
    expected: `releases ${file} to ${release}`,
  })
  const finding = (): Found => {
    if (released === undefined) return change('no rules')
    if (isSame(released, wanted)) return { state: 'ok', found: `${release} has the rules of ${file}` }
    if (findBlock(released)) return mergedByInit(release, google.project)
    if (isOurs(released)) return change(`an earlier version of ${file}`)
    if (isNewProjectRules(released)) return change('the rules of a new project')
    if (options.replace) return change('other rules; --replace-rules is set')
    return foreign(target, history)
  }
  return { value: wanted, findings: [finding()] }
}

/** These files contain rules of the project, so not even --replace-rules removes them. */
function mergedByInit(release: string, project: string): Found {
  return {
    state: 'problem',
    found: `${release} has rules that firesight init merged with those of the project`,
    expected:
      'no rules from this repository: firesight init updates the merged rules. Here, deploy with --only indexes,functions',
    command: `npx firesight init --project ${project}   # then deploy the rules of that project`,
  }
}

function foreign({ release, file }: RulesTarget, { isShallow }: History): Found {
  const shallow = {
    note: '. This is a shallow clone, so earlier versions of our rules are unknown',
    command: 'git fetch --unshallow   # in GitHub Actions: fetch-depth: 0 of actions/checkout',
  }
  return {
    state: 'problem',
    found: `${release} has rules that are not from this repository${isShallow ? shallow.note : ''}`,
    expected: `rules that contain those of ${file} (docs/existing-projects.md merges them). --replace-rules removes the others`,
    command: isShallow ? shallow.command : 'npm run deploy -- --only indexes,functions   # deploys no rules',
  }
}

function forLayout(text: string, { file, layout }: RulesTarget): string | Error {
  try {
    return rulesForProject(text, file, layout)
  } catch (error) {
    if (error instanceof UnsupportedLayout || error instanceof RulesSyntaxError) return error
    throw error
  }
}

const normalized = (text: string) => text.replaceAll(/[ \t]*\r?\n/g, '\n').trimEnd()
const isSame = (a: string, b: string) => normalized(a) === normalized(b)
