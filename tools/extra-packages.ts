import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.ts'
import { isInstalled } from './run.mjs'

/**
 * Installs the packages that only slow tests need. Each folder of test/extra has its own package.json and
 * lockfile, so that `npm start` and `npm test` need none of them.
 * @throws Error if npm fails
 */
export function installExtraPackages(): void {
  const extra = join(root, 'test/extra')
  if (!existsSync(extra)) return
  for (const name of readdirSync(extra)) {
    const folder = join(extra, name)
    if (!existsSync(join(folder, 'package-lock.json')) || isInstalled(folder)) continue
    console.log(`Installing the packages of test/extra/${name} (npm ci) ...`)
    const { status, error } = spawnSync('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    })
    if (status !== 0) throw new Error(`Cannot install test/extra/${name}: npm ci failed`, { cause: error })
  }
}
