import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'

const script = `
  import { shutdownSignal } from '${new URL('../../../functions/src/services.ts', import.meta.url).href}'
  const shutdown = shutdownSignal()
  shutdown.addEventListener('abort', () => console.log(shutdown.reason.code))
  setTimeout(() => {}, 20_000)
  console.log('ready')
`

it('shutdownSignal() aborts on SIGTERM and keeps the process alive, so that leases can be released', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    expect((await lines.next()).value).toBe('ready')
    child.kill('SIGTERM')
    expect((await lines.next()).value).toBe('interrupted')
    expect(child.exitCode).toBeNull()
    // The second one finds no listener.
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await exit).toEqual([null, 'SIGTERM'])
  } finally {
    child.kill('SIGKILL')
  }
})
