import { execFileSync } from 'node:child_process'
import { existsSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cache } from './paths.ts'
import { isRunning, killGroup } from './processes.ts'

/** Ends and removes what runs left that could not clean up, because they were killed. */
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
 * Ends the emulators of a run folder. The Firestore emulator has a process group of its own, so a firebase-tools
 * that is killed leaves it running.
 */
export function killEmulatorsOf(folder: string): void {
  if (process.platform === 'win32') return
  const list = execFileSync('ps', ['-A', '-o', 'pgid=', '-o', 'args='], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  for (const line of list.split('\n')) {
    // firebase-tools and the Firestore emulator, as we and it start them; not somebody who reads the log.
    const isOurs = line.includes(`--config ${folder}/`) || line.includes(`--rules ${folder}/`)
    if (isOurs) killGroup(Number.parseInt(line, 10))
  }
}
