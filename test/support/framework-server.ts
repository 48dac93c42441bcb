import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { bundleFunctions } from '../../tools/bundle.ts'
import { root } from '../../tools/paths.ts'

/** Builds the functions into a folder outside the repository, as they are deployed. */
export async function buildFunctions(): Promise<{ folder: string; remove: () => void }> {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'firesight-framework-')))
  const folder = join(parent, 'dist')
  await bundleFunctions(folder)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  mkdirSync(join(folder, 'node_modules'))
  for (const name of Object.keys(manifest.dependencies))
    symlinkSync(
      realpathSync(join(root, 'node_modules', name)),
      join(folder, 'node_modules', name),
      'junction',
    )
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true }) }
}

export type Usage = { cpuSeconds: number; peakMegabytes: number }

type Options = {
  folder: string
  functionName: string
  signature: 'http' | 'cloudevent'
  /** The heap limit in MB. */
  heap: number
  env?: NodeJS.ProcessEnv
}

/** Runs a built function under the functions framework, in a process of its own, as Cloud Run does. */
export async function startFunction({ folder, functionName, signature, heap, env }: Options) {
  const port = await freePort()
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${heap}`,
      `--import=data:text/javascript,${encodeURIComponent(REPORT_USAGE)}`,
      join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js'),
      `--source=${folder}`,
      `--target=${functionName}`,
      `--signature-type=${signature}`,
      `--port=${port}`,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        FUNCTION_TARGET: functionName,
        GCLOUD_PROJECT: 'demo-firesight',
        FIREBASE_CONFIG: '{"projectId":"demo-firesight","storageBucket":"demo-firesight.appspot.com"}',
        ...env,
      },
    },
  )
  const lines: string[] = []
  for (const stream of [child.stdout!, child.stderr!])
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  await accepts(port, child, lines)
  return {
    url: `http://127.0.0.1:${port}/`,
    /** What the function has logged. */
    lines,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    async usage(): Promise<Usage> {
      const answer = once(child, 'message')
      child.send('usage')
      return ((await answer) as [Usage])[0]
    },
    async stop(): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

// Linux counts the memory of the parent at the time of the spawn into `maxRSS`, but not into VmHWM
// (getrusage(2) and proc_pid_status(5), read 2026-11-30).
const REPORT_USAGE = `
import { existsSync, readFileSync } from 'node:fs'
function peakKilobytes() {
  const status = '/proc/self/status'
  if (!existsSync(status)) return process.resourceUsage().maxRSS
  return Number(/^VmHWM:\\s*(\\d+) kB$/m.exec(readFileSync(status, 'utf8'))[1])
}
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  const peakMegabytes = peakKilobytes() / 1024
  process.send({ cpuSeconds: (user + system) / 1e6, peakMegabytes })
})`

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function accepts(port: number, child: ChildProcess, lines: string[]): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) break
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'OPTIONS' }).catch(() => undefined)
    if (response) return
    await sleep(50)
  }
  throw new Error(`The function does not accept requests:\n${lines.join('\n')}`)
}
