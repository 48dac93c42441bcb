import { spawn } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** The environment without addresses of emulators. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/_EMULATOR_H/.test(name)),
)

/** Runs Node in the root folder. @returns the exit code, and all output */
export async function runNode(args: string[], variables: Record<string, string>) {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...environment, ...variables } })
  let out = ''
  child.stdout.on('data', (data: Buffer) => (out += String(data)))
  child.stderr.on('data', (data: Buffer) => (out += String(data)))
  const code = await new Promise((resolve) => child.once('close', resolve))
  return { code, out }
}
