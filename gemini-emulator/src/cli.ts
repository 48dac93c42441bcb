#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { parseArgs } from 'node:util'
import { startGeminiEmulator } from './emulator.ts'

const HELP = `Usage: gemini-emulator [options] [-- command]

Runs a local Gemini API for tests of vision code. With a command, such as -- firebase emulators:start, it runs
until the command ends, and exits with its exit code.

  --port <number>   port to listen on, 0 for any free port (default 9610)
  --host <address>  address to listen on (default 127.0.0.1)
  --help            show this help

The command receives GEMINI_EMULATOR_HOST (host:port) and GOOGLE_GEMINI_BASE_URL.

Environment:
  STORAGE_EMULATOR_HOST  Storage emulator (host:port) for gs:// images in requests on Vertex AI paths

To use it with @google/genai, set GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:9610 and use any API key.`

try {
  await run()
} catch (error) {
  console.error(explain(error as NodeJS.ErrnoException))
  process.exitCode = 1
}

async function run(): Promise<void> {
  const separator = process.argv.indexOf('--')
  const [command, ...args] = separator === -1 ? [] : process.argv.slice(separator + 1)
  const { values } = parseArgs({
    args: process.argv.slice(2, separator === -1 ? undefined : separator),
    options: {
      port: { type: 'string', default: '9610' },
      host: { type: 'string', default: '127.0.0.1' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return
  }
  const port = Number(values.port)
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new RangeError(`Invalid port "${values.port}": it must be a number from 0 to 65535`)
  const emulator = await startGeminiEmulator({
    port,
    host: values.host,
    storageHost: process.env.STORAGE_EMULATOR_HOST,
  })
  console.log(`Gemini emulator ready: GOOGLE_GEMINI_BASE_URL=${emulator.url} (any API key except "invalid")`)
  if (command !== undefined) {
    const { hostname, port: used } = new URL(emulator.url)
    const environment = {
      GEMINI_EMULATOR_HOST: `${hostname}:${used}`,
      GOOGLE_GEMINI_BASE_URL: emulator.url,
    }
    process.exitCode = await runCommand(command, args, environment).finally(() => emulator.close())
    return
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulator.close())
}

/** Runs a command in this terminal, and returns its exit code. */
async function runCommand(command: string, args: string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(command, args, {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
    shell: process.platform === 'win32', // npm's commands are scripts there.
  })
  // The terminal sends Ctrl-C to the child too, so this process only waits for it.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.once('error', ({ message }) => reject(new Error(`Cannot run ${command}: ${message}`)))
    child.once('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)))
  })
}

function explain({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `${message}: the port is in use. Choose another one with --port.`
  return code?.startsWith('ERR_PARSE_ARGS') ? `${message}\n\n${HELP}` : message
}
