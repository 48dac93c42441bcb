#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { startGeminiEmulator } from './emulator.ts'

const HELP = `Usage: gemini-emulator [options]

Runs a local Gemini API for tests of vision code.

  --port <number>   port to listen on, 0 for any free port (default 9610)
  --host <address>  address to listen on (default 127.0.0.1)
  --help            show this help

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
  const { values } = parseArgs({
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
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulator.close())
}

function explain({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `${message}: the port is in use. Choose another one with --port.`
  return code?.startsWith('ERR_PARSE_ARGS') ? `${message}\n\n${HELP}` : message
}
