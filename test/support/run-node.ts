import { spawn } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** The environment without addresses of emulators. */
const withoutEmulators = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/_EMULATOR_H/.test(name)),
)

/** Runs Node in the root folder. @returns the exit code, and all output */
export async function runNode(args: string[], variables: Record<string, string>) {
  return run(args, { ...withoutEmulators, ...variables })
}

/** Runs a command of tools/run.mjs with the addresses of the running emulators. @returns as `runNode` */
export async function runTool(name: string, args: string[], changes: NodeJS.ProcessEnv = {}) {
  return run(['tools/run.mjs', name, ...args], { ...process.env, ...changes })
}

async function run(args: string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  child.stdout.on('data', (data: Buffer) => (out += String(data)))
  child.stderr.on('data', (data: Buffer) => (out += String(data)))
  const code = await new Promise((resolve) => child.once('close', resolve))
  return { code, out }
}
