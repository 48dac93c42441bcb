import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Google } from '../doctor/google.ts'
import { readReleasedRules } from '../doctor/rules.ts'
import { root } from '../paths.ts'
import type { Outcome } from './inspection.ts'

export type RulesTarget = {
  /** The release name: `cloud.firestore`, `cloud.firestore/<database>` or `firebase.storage/<bucket>`. */
  release: string
  file: 'firestore.rules' | 'storage.rules'
}

/**
 * Checks that the deployment replaces no rules of the project's own: a release holds one file, so deploying ours
 * removes the others. Ours in any committed version, and the rules of new projects, may be replaced.
 */
export async function checkReplacedRules(
  google: Google,
  { release, file }: RulesTarget,
  { replace, earlier = committedVersions(file) }: { replace: boolean; earlier?: string[] },
): Promise<Outcome> {
  const released = await readReleasedRules(google, release)
  const value = undefined
  const current = readFileSync(join(root, file), 'utf8')
  if (released !== undefined && isSame(released, current)) {
    return { value, findings: [{ state: 'ok', found: `${release} has the rules of ${file}` }] }
  }
  const expected = `releases ${file} to ${release}`
  if (released === undefined)
    return { value, findings: [{ state: 'change', found: `${release} has no rules`, expected }] }
  if (earlier.some((text) => isSame(text, released))) {
    return {
      value,
      findings: [{ state: 'change', found: `${release} has an earlier version of ${file}`, expected }],
    }
  }
  if (isDefault(released)) {
    return {
      value,
      findings: [{ state: 'change', found: `${release} has the rules of a new project`, expected }],
    }
  }
  if (replace) {
    return {
      value,
      findings: [{ state: 'change', found: `${release} has other rules; --replace-rules is set`, expected }],
    }
  }
  return {
    value,
    findings: [
      {
        state: 'problem',
        found: `${release} has rules that are not from this repository`,
        expected: `rules that contain those of ${file} (docs/existing-projects.md merges them). --replace-rules removes the others`,
        command: 'npm run deploy -- --only indexes,functions   # deploys no rules',
      },
    ],
  }
}

const normalized = (text: string) => text.replaceAll(/[ \t]*\r?\n/g, '\n').trimEnd()
const isSame = (a: string, b: string) => normalized(a) === normalized(b)

/**
 * Whether these are the rules of a new project: nothing is allowed, or everything until a date ("test mode").
 * templates/init/{firestore,storage} of firebase-tools 15.34.2.
 */
function isDefault(text: string): boolean {
  const code = text.replaceAll(/\/\/.*$/gm, '').replaceAll(/\s+/g, ' ')
  const conditions = Array.from(
    code.matchAll(/\ballow [^:;]*(?::\s*if\s+([^;]*))?;/g),
    ([, condition]) => condition,
  )
  const isHarmless = (condition: string | undefined) =>
    condition !== undefined && /^(false|request\.time < timestamp\.date\([\d, ]+\))$/.test(condition.trim())
  return conditions.length === 1 && conditions.every(isHarmless)
}

/** Every committed version of the file. Empty without a git history, as in a download. */
function committedVersions(file: string): string[] {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const commits = git('log', '--format=%H', '--', file).split('\n').filter(Boolean)
    return commits.map((commit) => git('show', `${commit}:./${file}`))
  } catch {
    return []
  }
}
