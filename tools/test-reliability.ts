// `npm run test:reliability [-- <arguments of test/reliability/run.ts>]`: the real code under faults, with
// everything up.
import { join } from 'node:path'
import { runWithEverything } from './command.ts'
import { listenForInterruption } from './interruption.ts'
import { root } from './paths.ts'

const command = [process.execPath, join(root, 'test/reliability/run.ts'), ...process.argv.slice(2)]
process.exitCode = await runWithEverything(command, {}, listenForInterruption())
