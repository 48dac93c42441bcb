#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { missingPackages } from './detector/packages.ts'
import { startGeminiEmulator } from './emulator.ts'
import { runCommand } from './run-command.ts'

const HELP = `Usage: gemini-emulator [options] [-- command [arguments]]

Runs a local Gemini API for tests of vision code. With a command, such as -- firebase emulators:start, it runs
until the command ends, and exits with its exit code.

  --port <number>   port to listen on, 0 for any free port (default 9610)
  --host <address>  address to listen on (default 127.0.0.1)
  --detector        find the objects in photographs with a small model, which optional packages contain:
                    npm install --save-dev @vladmandic/human @tensorflow/tfjs-core \\
                      @tensorflow/tfjs-converter @tensorflow/tfjs-backend-wasm
  --help            show this help

Environment:
  STORAGE_EMULATOR_HOST  Storage emulator (host:port) for gs:// images in requests on Vertex AI paths

The command receives GOOGLE_GEMINI_BASE_URL, GEMINI_EMULATOR_HOST (host:port) and, if no key is set, GEMINI_API_KEY.

To use it with @google/genai, set GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:9610 and use any API key.`

try {
  await run()
} catch (error) {
  console.error(explain(error as NodeJS.ErrnoException))
  process.exitCode = 1
}

async function run(): Promise<void> {
  const [options, command] = splitArguments(process.argv.slice(2))
  const { values } = parseArgs({
    args: options,
    options: {
      port: { type: 'string', default: '9610' },
      host: { type: 'string', default: '127.0.0.1' },
      detector: { type: 'boolean', default: false },
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
  const missing = values.detector ? missingPackages() : []
  if (missing.length > 0)
    throw new Error(
      `Cannot use the detector: not installed are ${missing.join(', ')}. Run npm install --save-dev ${missing.join(' ')}`,
    )
  const emulator = await startGeminiEmulator({
    port,
    detector: values.detector,
    host: values.host,
    storageHost: process.env.STORAGE_EMULATOR_HOST,
  })
  console.log(`Gemini emulator ready: GOOGLE_GEMINI_BASE_URL=${emulator.url} (any API key except "invalid")`)
  if (command.length === 0) {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulator.close())
    return
  }
  try {
    process.exitCode = await runCommand(command, emulator)
  } finally {
    await emulator.close()
  }
}

/** The own options, and the command after `--`. */
function splitArguments(all: string[]): [options: string[], command: string[]] {
  const end = all.indexOf('--')
  return end === -1 ? [all, []] : [all.slice(0, end), all.slice(end + 1)]
}

function explain({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `${message}: the port is in use. Choose another one with --port.`
  return code?.startsWith('ERR_PARSE_ARGS') ? `${message}\n\n${HELP}` : message
}
