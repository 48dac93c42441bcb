import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { root } from './paths.ts'

/** Compiles the functions to functions/lib, where the emulator loads them from. */
export function buildFunctions(): void {
  const typescript = createRequire(import.meta.url).resolve('typescript/package.json')
  const compiler = join(dirname(typescript), 'bin/tsc')
  const { status } = spawnSync(
    process.execPath,
    [compiler, '-p', join(root, 'functions/tsconfig.build.json')],
    {
      stdio: ['ignore', 2, 2], // A command's stdout stays its own.
    },
  )
  if (status !== 0) throw new Error('The functions do not compile (see above)')
}
