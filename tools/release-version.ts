// Second part of `npm run release:version`: `changeset version` has set the version of all packages.
// Updates what changesets does not know: the workspace's own version, CHANGELOG.md and the lockfile.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { releasedChangelog } from './changelog.ts'
import { root } from './paths.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const write = (file: string, text: string) => writeFileSync(join(root, file), text)

const { version } = JSON.parse(read('functions/package.json')) as { version: string }
const today = new Date().toISOString().slice(0, 10)
write('CHANGELOG.md', releasedChangelog(read('CHANGELOG.md'), version, today))
const manifest = JSON.parse(read('package.json')) as Record<string, unknown>
write('package.json', `${JSON.stringify({ ...manifest, version }, null, 2)}\n`)

const { status, error } = spawnSync('npm', ['install', '--package-lock-only', '--ignore-scripts'], {
  cwd: root,
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
if (status !== 0) throw new Error('Cannot update package-lock.json: npm install failed', { cause: error })
console.log(`Version ${version}`)
