import type { Environment } from './environment.ts'
import { type Everything, keptLog, startEverything } from './everything.ts'
import { type Interruption, unlessStopped } from './interruption.ts'
import { root } from './paths.ts'
import { startProcessGroup } from './processes.ts'

/** A shell command line, or a program with its arguments. */
export type Command = string | string[]

/**
 * Starts everything, runs a command with the addresses, then stops everything. Returns the command's exit
 * code.
 */
export async function runWithEverything(
  command: Command,
  environment: Environment,
  interruption: Interruption,
): Promise<number> {
  const showsLogs = Boolean(process.env.FIRESIGHT_LOGS)
  return reportErrors(interruption, async () => {
    await using everything = await startEverything({
      log: (line) => console.error(line),
      onLine: (line) => showsLogs && console.error(line),
      interruption,
    })
    const code = await run(command, { ...everything.environment, ...environment }, interruption, everything)
    if (code !== 0 && !showsLogs) console.error(`Logs of the emulators and the functions: ${keptLog}`)
    return code
  })
}

/** Runs a command without emulators. Returns its exit code. */
export function runCommand(
  command: Command,
  environment: Environment,
  interruption: Interruption,
): Promise<number> {
  return reportErrors(interruption, () => run(command, environment, interruption))
}

async function run(
  command: Command,
  environment: Environment,
  interruption: Interruption,
  everything?: Everything,
): Promise<number> {
  const [program = '', ...args] = typeof command === 'string' ? [command] : command
  const group = startProcessGroup(program, args, {
    cwd: root,
    shell: typeof command === 'string',
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  })
  const emulatorsEnd = everything?.emulators.exited.then((code) => {
    throw new Error(
      `The emulators exited with code ${code} before the command finished. Their logs: ${keptLog}`,
    )
  })
  try {
    const ends = emulatorsEnd ? [group.exited, emulatorsEnd] : [group.exited]
    return await unlessStopped(Promise.race(ends), interruption.stop)
  } finally {
    await group.stop('SIGINT', 'group', interruption.force)
  }
}

async function reportErrors(interruption: Interruption, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (interruption.stop.aborted) return interruption.exitCode()
    console.error(error instanceof Error ? error.message : error)
    return 1
  }
}
