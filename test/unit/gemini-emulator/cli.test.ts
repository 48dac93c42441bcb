import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { emulated } from './emulated.ts'

const CLI = join(import.meta.dirname, '../../../gemini-emulator/src/cli.ts')

function run(...args: string[]) {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

describe('gemini-emulator', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('prints its URL, and stops on %s', async (signal) => {
    const child = run('--port', '0')
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const url = /^Gemini emulator ready: GOOGLE_GEMINI_BASE_URL=(http:\/\/127\.0\.0\.1:\d+) /.exec(
      String(line),
    )?.[1]
    expect((await fetch(`${url}/v1/models`, { headers: { 'x-goog-api-key': 'k' } })).status).toBe(200)
    child.kill(signal)
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test.each([
    [['--help'], 0, /--port <number>/],
    [['--prot', '1'], 1, /Unknown option '--prot'/],
    [['firebase'], 1, /Unexpected argument 'firebase'/],
    [['--port', 'http'], 1, /Invalid port "http": it must be a number from 0 to 65535/],
  ])('%s', async (args, code, message) => {
    const child = run(...args)
    const [out, err, [exit]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ])
    expect(exit).toBe(code)
    expect(code === 0 ? out : err).toMatch(message)
  })

  test('names the port that is in use', async () => {
    const { emulator } = await emulated()
    const child = run('--port', String(emulator.port))
    expect(await text(child.stderr)).toMatch(
      new RegExp(`EADDRINUSE.*:${emulator.port}: the port is in use. Choose another one with --port`),
    )
  })
})
