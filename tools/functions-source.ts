import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { projectId, root } from './paths.ts'

const source = join(root, 'functions')

/**
 * A folder that stands for functions/ in the emulator: the same package with the run's own values for parameters
 * and secrets, which firebase-tools reads from the folder it is given, and the run's own compiled code, so that
 * what others build meanwhile does not reach it.
 */
export function stageFunctions(folder: string, geminiApiKey: string): void {
  mkdirSync(folder, { recursive: true })
  copyFileSync(join(source, 'package.json'), join(folder, 'package.json'))
  compile(join(folder, 'lib'))
  // Most packages are in the root's node_modules, found from any folder of the repository.
  const packages = join(source, 'node_modules')
  if (existsSync(packages)) symlinkSync(packages, join(folder, 'node_modules'), 'junction') // The type is for Windows.

  const parameters = `.env.${projectId}`
  if (existsSync(join(source, parameters))) copyFileSync(join(source, parameters), join(folder, parameters))
  writeFileSync(join(folder, '.secret.local'), `GEMINI_API_KEY=${geminiApiKey}\n`, { mode: 0o600 })
}

function compile(target: string): void {
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
  const { status } = spawnSync(
    process.execPath,
    [join(typescript, 'bin/tsc'), '-p', join(source, 'tsconfig.build.json'), '--outDir', target],
    { stdio: ['ignore', 2, 2] }, // To stderr: a command's stdout stays its own.
  )
  if (status !== 0) throw new Error('The functions do not compile (see above)')
}
