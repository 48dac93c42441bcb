import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { root } from '../tools/paths.ts'

/** Compiles the functions to JavaScript without bundling. @throws Error if they do not compile */
export function compileFunctions(target: string): void {
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
  const project = join(root, 'functions/tsconfig.build.json')
  const args = [join(typescript, 'bin/tsc'), '-p', project, '--outDir', target]
  // To stderr, because stdout contains the report.
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error('Cannot measure: the functions do not compile (see above)')
}
