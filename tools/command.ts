import { type Everything, keptLog, startEverything } from './everything.ts'
import { type Interruption, listenForInterruption, unlessStopped } from './interruption.ts'
import { root } from './paths.ts'
import { startJob } from './processes.ts'

/** Starts everything, runs a shell command with its addresses, stops everything; the exit code is the command's. */
export async function runWithEverything(command: string, extra: Record<string, string> = {}): Promise<number> {
  const interruption = listenForInterruption()
  const showsLogs = Boolean(process.env.FIRESIGHT_LOGS)
  try {
    await using everything = await startEverything({
      say: (line) => console.error(line),
      onLine: (line) => showsLogs && console.error(line),
      interruption,
    })
    const code = await runCommand(command, extra, everything, interruption)
    if (code !== 0 && !showsLogs) console.error(`What the emulators and the functions said: ${keptLog}`)
    return code
  } catch (error) {
    if (interruption.stop.aborted) return interruption.exitCode()
    console.error(error instanceof Error ? error.message : error)
    return 1
  }
}

async function runCommand(
  command: string,
  extra: Record<string, string>,
  everything: Everything,
  interruption: Interruption,
): Promise<number> {
  const job = startJob(command, [], {
    cwd: root,
    shell: true,
    stdio: 'inherit',
    env: { ...process.env, ...everything.environment, ...extra },
  })
  const emulatorsEnd = everything.emulators.exited.then((code) => {
    throw new Error(`The emulators ended with code ${code} before the command did. Their last words: ${keptLog}`)
  })
  try {
    return await unlessStopped(Promise.race([job.exited, emulatorsEnd]), interruption.stop)
  } finally {
    await job.stop('SIGINT', 'group', interruption.hurry)
  }
}
