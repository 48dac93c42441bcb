import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { projectId, root } from './paths.ts'

const source = join(root, 'functions')

/**
 * Compiles the functions, and makes a folder that stands for functions/ in the emulator: the same package with
 * the run's own values for parameters and secrets, which firebase-tools reads from the folder it is given.
 *
 * With `follow`, the code in it is functions/lib: the emulator loads it again after `npm run build`. Without, it
 * is the run's own, and what others build meanwhile does not reach it.
 */
export function stageFunctions(folder: string, options: { geminiApiKey: string; follow: boolean }): void {
  mkdirSync(folder, { recursive: true })
  copyFileSync(join(source, 'package.json'), join(folder, 'package.json'))
  if (options.follow) {
    compile()
    link('lib', folder)
  } else {
    compile('--outDir', join(folder, 'lib'))
  }
  // Most packages are in the root's node_modules, found from any folder of the repository.
  if (existsSync(join(source, 'node_modules'))) link('node_modules', folder)

  const parameters = `.env.${projectId}`
  if (existsSync(join(source, parameters))) copyFileSync(join(source, parameters), join(folder, parameters))
  writeFileSync(join(folder, '.secret.local'), `GEMINI_API_KEY=${options.geminiApiKey}\n`, { mode: 0o600 })
}

function compile(...args: string[]): void {
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
  const { status } = spawnSync(
    process.execPath,
    [join(typescript, 'bin/tsc'), '-p', join(source, 'tsconfig.build.json'), ...args],
    { stdio: ['ignore', 2, 2] }, // To stderr: a command's stdout stays its own.
  )
  if (status !== 0) throw new Error('The functions do not compile (see above)')
}

function link(name: string, folder: string): void {
  symlinkSync(join(source, name), join(folder, name), 'junction') // The type matters on Windows only.
}
