import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'

const CLI = join(import.meta.dirname, '../../../gemini-emulator/src/cli.ts')

/** The emulator's process, without the keys of this one. */
function run(...args: string[]) {
  const { GEMINI_API_KEY: _, GOOGLE_API_KEY: __, ...env } = process.env
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

describe('gemini-emulator -- command', () => {
  test('runs a command with its address, and passes on the exit code', async () => {
    const program = `
      const { GOOGLE_GEMINI_BASE_URL: url, GEMINI_EMULATOR_HOST: host, GEMINI_API_KEY: key } = process.env
      fetch(url + '/v1/models', { headers: { 'x-goog-api-key': key } }).then(({ status }) => {
        console.log(url === 'http://' + host, key, status, process.argv.slice(1))
        process.exit(7)
      })`
    const child = run('--port', '0', '--', process.execPath, '-e', program, '--', '--port')
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    expect(out.split('\n')[1]).toBe("true local 200 [ '--port' ]")
    expect(code).toBe(7)
  })

  test('SIGTERM ends the command and then the emulator', async () => {
    const child = run(
      '--port',
      '0',
      '--',
      process.execPath,
      '-e',
      "console.log('up'); setInterval(() => {}, 1e3)",
    )
    for await (const piece of child.stdout) if (String(piece).includes('up')) break
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([143, null])
  })

  test('names a command that does not exist', async () => {
    const child = run('--port', '0', '--', 'no-such-command')
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect(err).toContain('Cannot run "no-such-command"')
    expect(code).toBe(1)
  })
})
