import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { runSeed } from '../support/seed.ts'

const root = join(import.meta.dirname, '../..')

/** Runs a program of this repository; its output if it fails, else ''. */
async function failureOf(file: string, ...args: string[]): Promise<string> {
  const run = promisify(execFile)(process.execPath, [file, ...args], { cwd: root, maxBuffer: 2 ** 26 })
  return run.then(
    () => '',
    (error: { message: string; stdout: string }) => `${error.message}\n${error.stdout}`,
  )
}

it('npm run test:model finds no violation, and catches every mutation', { timeout: 900_000 }, async () => {
  const args = ['--uploads', '50000', '--seed', String(runSeed)]
  expect(await failureOf('test/model/run.ts', ...args)).toBe('')
})

it('npm run test:hostile finds no fault', { timeout: 900_000 }, async () => {
  expect(await failureOf('test/hostile/run.ts')).toBe('')
})
