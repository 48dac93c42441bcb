import { execFileSync } from 'node:child_process'
import { root } from '../paths.ts'

export type History = {
  /** Every committed version of the file. Empty without a git history, as in a download. */
  versions: string[]
  /** Whether the clone lacks earlier commits, as that of actions/checkout does. */
  isShallow: boolean
}

/** Reads the committed versions of a file. */
export function readHistory(file: string, folder = root): History {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const commits = git('log', '--format=%H', '--', file).split('\n').filter(Boolean)
    return {
      versions: commits.map((commit) => git('show', `${commit}:./${file}`)),
      isShallow: git('rev-parse', '--is-shallow-repository').trim() === 'true',
    }
  } catch {
    return { versions: [], isShallow: false }
  }
}
