import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { root } from '../paths.ts'

/** Runs a program of the deployment: the Firebase CLI or npm. @throws CommandFailed */
export type Run = (
  program: 'firebase' | 'npm',
  args: string[],
  environment?: Record<string, string>,
) => Promise<void>

export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
}

/** Runs the programs in the root folder. The Firebase CLI is the one of the lockfile. */
export const runProgram: Run = async (program, args, environment = {}) => {
  const [command, ...first] = program === 'npm' ? ['npm'] : [process.execPath, firebaseCli()]
  const child = spawn(command ?? '', [...first, ...args], {
    cwd: root,
    stdio: 'inherit',
    shell: program === 'npm' && process.platform === 'win32',
    env: { ...process.env, ...environment },
  })
  const code = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode, signal) => resolve(signal ?? exitCode))
  })
  if (code !== 0) throw new CommandFailed(`${program} ${args.join(' ')} ended with ${code}`)
}

export function firebaseCli(): string {
  const file = createRequire(import.meta.url).resolve('firebase-tools/package.json')
  const { bin } = z
    .looseObject({ bin: z.object({ firebase: z.string() }) })
    .parse(createRequire(import.meta.url)(file))
  return join(dirname(file), bin.firebase)
}
