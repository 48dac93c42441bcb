import { execFileSync } from 'node:child_process'
import { existsSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cache } from './paths.ts'
import { isRunning, killGroup } from './processes.ts'

/** Stops the emulators and deletes the folders of runs that were killed before they could clean up. */
export function removeLeftovers(): void {
  if (!existsSync(cache)) return
  for (const name of globSync('run-*', { cwd: cache })) {
    const pid = Number(name.slice('run-'.length))
    if (pid === process.pid || isRunning(pid)) continue
    const folder = join(cache, name)
    killEmulatorsOf(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}

/**
 * Kills the emulators of a run folder. The Firestore emulator has its own process group, so it keeps running
 * when firebase-tools is killed.
 */
export function killEmulatorsOf(folder: string): void {
  if (process.platform === 'win32') return
  const list = execFileSync('ps', ['-A', '-o', 'pgid=', '-o', 'args='], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  for (const line of list.split('\n')) {
    // Matches the arguments of firebase-tools and the Firestore emulator, not other processes that use the
    // folder.
    const isOurs = line.includes(`--config ${folder}/`) || line.includes(`--rules ${folder}/`)
    if (isOurs) killGroup(Number.parseInt(line, 10))
  }
}
