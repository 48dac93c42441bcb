import type { Environment } from './environment.ts'
import { type Everything, keptLog, startEverything } from './everything.ts'
import { type Interruption, unlessStopped } from './interruption.ts'
import { root } from './paths.ts'
import { startJob } from './processes.ts'

/** A line for the shell, or a program with its arguments. */
export type Command = string | string[]

/** Starts everything, runs a command with its addresses, stops everything; the exit code is the command's. */
export async function runWithEverything(
  command: Command,
  environment: Environment,
  interruption: Interruption,
): Promise<number> {
  const showsLogs = Boolean(process.env.FIRESIGHT_LOGS)
  return reportErrors(interruption, async () => {
    await using everything = await startEverything({
      say: (line) => console.error(line),
      onLine: (line) => showsLogs && console.error(line),
      interruption,
    })
    const code = await run(command, { ...everything.environment, ...environment }, interruption, everything)
    if (code !== 0 && !showsLogs) console.error(`What the emulators and the functions said: ${keptLog}`)
    return code
  })
}

/** Runs a command as it is; the exit code is the command's. */
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
  const job = startJob(program, args, {
    cwd: root,
    shell: typeof command === 'string',
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  })
  const emulatorsEnd = everything?.emulators.exited.then((code) => {
    throw new Error(
      `The emulators ended with code ${code} before the command did. Their last words: ${keptLog}`,
    )
  })
  try {
    const ends = emulatorsEnd ? [job.exited, emulatorsEnd] : [job.exited]
    return await unlessStopped(Promise.race(ends), interruption.stop)
  } finally {
    await job.stop('SIGINT', 'group', interruption.hurry)
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
