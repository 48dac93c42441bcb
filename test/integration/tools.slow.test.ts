/* oxlint-disable vitest/valid-expect -- Vitest's expect() takes a message as its second argument */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'

// Each run of the tools starts emulators of its own.
const timeoutMs = 500_000
const root = join(import.meta.dirname, '../..')
const { GEMINI_API_KEY: _key, ...environment } = process.env

const started: ChildProcess[] = []
afterEach(() => {
  // Only if a test failed.
  for (const tools of started.splice(0)) if (tools.exitCode === null) tools.kill('SIGKILL')
})

/** Starts the tools as npm scripts do, in a process group of their own, as a terminal does. */
function runTools(args: string[], extra: NodeJS.ProcessEnv = {}) {
  const tools = spawn(process.execPath, ['tools/run.mjs', ...args], {
    cwd: root,
    env: { ...environment, ...extra },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  started.push(tools)
  const output = { out: '', err: '' }
  tools.stdout.on('data', (data: Buffer) => (output.out += String(data)))
  tools.stderr.on('data', (data: Buffer) => (output.err += String(data)))
  const exited = new Promise<number | null>((resolve) => tools.once('close', resolve))
  return { tools, output, exited }
}

/** The processes and the folder that a run has left behind. */
function leftOf(pid: string): string[] {
  const folder = join(root, `.cache/run-${pid}`)
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n')
  return [...processes.filter((line) => line.includes(`${folder}/`)), ...(existsSync(folder) ? [folder] : [])]
}

function listens(hostAndPort: string): Promise<boolean> {
  const [host = '', port] = hostAndPort.split(':')
  return new Promise((resolve) => {
    const socket = connect(Number(port), host)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.unref()
  })
}

describe('tools/run.mjs exec', () => {
  test('gives a command all addresses, ends with its exit code 0, and stops everything', {
    timeout: timeoutMs,
  }, async () => {
    const command = `echo "run $PPID"; node -p "'env ' + JSON.stringify(process.env)"`
    const { output, exited } = runTools(['exec', command], { GEMINI_API_KEY: 'never-to-be-used' })
    expect(await exited, output.err).toBe(0)

    const variables: Record<string, string> = JSON.parse(/^env (.*)$/m.exec(output.out)?.[1] ?? '{}')
    const hosts = ['FIREBASE_AUTH', 'FIRESTORE', 'FIREBASE_STORAGE', 'CLOUD_TASKS', 'FUNCTIONS', 'GEMINI']
    for (const name of hosts.map((host) => `${host}_EMULATOR_HOST`)) {
      expect(variables, name).toHaveProperty(name, expect.stringMatching(/^127\.0\.0\.1:\d+$/))
      expect(variables[name], 'not the emulator of this test run').not.toBe(process.env[name])
      expect(await listens(variables[name] ?? ''), `${name} after the end`).toBe(false)
    }
    expect(variables).toMatchObject({
      GCLOUD_PROJECT: 'demo-firesight',
      FIREBASE_EMULATOR_HUB: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      STORAGE_EMULATOR_HOST: `http://${variables.FIREBASE_STORAGE_EMULATOR_HOST}`,
      METADATA_SERVER_DETECTION: 'none',
    })
    expect(JSON.parse(variables.FIREBASE_CONFIG ?? '')).toMatchObject({
      storageBucket: 'demo-firesight.appspot.com',
    })
    expect(variables).not.toHaveProperty('GEMINI_API_KEY')
    expect(leftOf(/^run (\d+)$/m.exec(output.out)?.[1] ?? '')).toEqual([])
  })

  test('ends with the exit code 3 of a command that fails, and stops everything', {
    timeout: timeoutMs,
  }, async () => {
    // The second process would outlive its parent.
    const { output, exited } = runTools(['exec', 'echo "run $PPID"; sleep 4242 & exit 3'])
    expect(await exited, output.err).toBe(3)
    expect(leftOf(/^run (\d+)$/m.exec(output.out)?.[1] ?? '')).toEqual([])
    expect(execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })).not.toMatch(/^sleep 4242$/m)
  })

  test('prints its usage without a command', async () => {
    const { output, exited } = runTools(['exec'])
    expect(await exited).toBe(2)
    expect(output.err).toContain('Usage: npm run emulators:exec')
  })
})

describe('tools/run.mjs start', () => {
  test('prints all addresses, and stops everything on Ctrl-C', { timeout: timeoutMs }, async () => {
    const { tools, output, exited } = runTools(['start'])
    await expect.poll(() => output.out + output.err, { timeout: 300_000 }).toMatch(/^Ready in /m)
    const table = new Map(
      [...output.out.matchAll(/^ {2}(\S.*?) {2,}http:\/\/(\S+)/gm)].map(([, name, place]) => [name, place]),
    )
    expect([...table.keys()]).toEqual([
      'Page',
      'Gemini API',
      'Auth',
      'Functions',
      'Firestore',
      'Storage',
      'Tasks',
    ])
    for (const [name, place] of table) expect(await listens(place ?? ''), name).toBe(true)
    expect(output.out).toContain('with the local Gemini API')

    const hosting = await fetch(`http://${table.get('Page')}/__/firebase/init.json`)
    expect(await hosting.json()).toMatchObject({ projectId: 'demo-firesight', apiKey: 'fake-api-key' })
    const emulators = await fetch(`http://${table.get('Page')}/emulators.json`)
    expect(await emulators.json()).toEqual({
      auth: table.get('Auth'),
      functions: table.get('Functions'),
      firestore: table.get('Firestore'),
      storage: table.get('Storage'),
      gemini: table.get('Gemini API')?.replace(' (local)', ''),
      geminiDetector: true,
    })

    const pid = execFileSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .find(([parent]) => parent === String(tools.pid))?.[1]
    expect(leftOf(pid ?? '').length).toBeGreaterThan(1)
    const began = Date.now()
    process.kill(-tools.pid!, 'SIGINT') // To the whole group, as a terminal does.
    expect(await exited, output.err).toBe(0)
    expect(Date.now() - began).toBeLessThan(60_000)
    expect(leftOf(pid ?? '')).toEqual([])
    for (const [name, place] of table) expect(await listens(place ?? ''), name).toBe(false)
  })
})
