import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { GeminiEmulator } from './emulator.ts'

/**
 * Runs a command that uses the emulator, with the terminal of this process. Signals end the command first.
 * @returns the exit code of the command, or 128 plus the number of the signal that ended it
 */
export async function runCommand(
  [program = '', ...args]: string[],
  emulator: GeminiEmulator,
): Promise<number> {
  const child = spawn(program, args, {
    stdio: 'inherit',
    shell: process.platform === 'win32', // npm installs commands as .cmd files, which only a shell starts.
    env: { ...process.env, ...addressesOf(emulator) },
  })
  // The terminal sends Ctrl-C to the command too. Other programs send SIGTERM only to this process.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return exitCodeOf(child, program)
}

/** The variables of @google/genai, and GEMINI_EMULATOR_HOST for Firesight. A key that is set stays. */
function addressesOf({ url }: GeminiEmulator): Record<string, string> {
  const hasKey = Boolean(process.env.GEMINI_API_KEY ?? process.env.GOOGLE_API_KEY)
  return {
    GOOGLE_GEMINI_BASE_URL: url,
    GEMINI_EMULATOR_HOST: new URL(url).host,
    ...(!hasKey && { GEMINI_API_KEY: 'local' }),
  }
}

function exitCodeOf(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new Error(`Cannot run "${program}": ${cause.message}`, { cause }))
    })
    child.once('exit', (code, signal) => {
      resolve(signal ? 128 + constants.signals[signal] : (code ?? 1))
    })
  })
}
