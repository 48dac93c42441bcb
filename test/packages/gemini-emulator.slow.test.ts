import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { buildEmulator } from '../../tools/emulator-package.ts'
import { root } from '../../tools/paths.ts'
import { drawScene } from '../support/scene.ts'
import { CAPTION, THREE_SHAPES } from '../unit/gemini-emulator/three-shapes.ts'
import { foreignEnvironment, type NodeMajor, nodeProgram } from './support/node-versions.ts'
import { pack } from './support/pack.ts'
import { type Registry, startRegistry } from './support/registry.ts'

const run = promisify(execFile)
const libheif = join(root, 'node_modules/libheif-js')
const heic = readFileSync(join(root, 'test/fixtures/four-shapes.heic'))

let app: string
let installed: string
let registry: Registry
beforeAll(async () => {
  app = mkdtempSync(join(tmpdir(), 'firesight-emulator-'))
  installed = join(app, 'node_modules/@firesight/gemini-emulator')
  mkdirSync(join(app, '.home'))
  await buildEmulator(join(app, 'built'))
  registry = await startRegistry([await pack(join(app, 'built'), app)])
  writeFileSync(join(app, 'package.json'), '{ "type": "module", "private": true }')
  const args = ['install', '@firesight/gemini-emulator', '--ignore-scripts']
  await run('npm', args, { cwd: app, env: environmentOf(24) })
})
afterAll(async () => {
  await registry[Symbol.asyncDispose]()
  rmSync(app, { recursive: true, force: true })
})

/** The environment of another machine with a Node version, whose npm has only the registry on loopback. */
function environmentOf(node: NodeMajor): NodeJS.ProcessEnv {
  const home = join(app, '.home')
  return { ...process.env, ...foreignEnvironment({ node, home, registry: registry.url }) }
}

type Started = { url: string; stop(): Promise<unknown[]> }

/** Starts a command line that starts the emulator. */
async function start(command: string[], node: NodeMajor, cwd = app): Promise<Started> {
  const [program = '', ...args] = command
  const child = spawn(program, [...args, '--port', '0'], {
    cwd,
    env: environmentOf(node),
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true, // npx has child processes. They end with their group.
  })
  const stop = (signal: NodeJS.Signals) => process.kill(-child.pid!, signal)
  onTestFinished(() => void (child.exitCode === null && stop('SIGKILL')))
  let output = ''
  for await (const piece of child.stdout) if ((output += String(piece)).includes('\n')) break
  const [, url = ''] = /GOOGLE_GEMINI_BASE_URL=(\S+)/.exec(output) ?? []
  return {
    url,
    stop() {
      stop('SIGTERM')
      return once(child, 'exit')
    },
  }
}

async function ask(url: string, mimeType: string, bytes: Buffer) {
  const parts = [{ inlineData: { mimeType, data: bytes.toString('base64') } }, { text: 'Describe it.' }]
  const answer = await fetch(`${url}/v1beta/models/gemini-3.8-flash:generateContent`, {
    method: 'POST',
    headers: { 'x-goog-api-key': 'any' },
    body: JSON.stringify({ contents: [{ parts }] }),
  })
  const body = (await answer.json()) as {
    error?: { message: string }
    candidates?: { content: { parts: { text: string }[] } }[]
  }
  return { status: answer.status, text: body.error?.message ?? body.candidates?.[0]?.content.parts[0]?.text }
}

describe('the command', () => {
  const command = ['node_modules/.bin/gemini-emulator']

  it.each([22, 24] as const)('starts, answers and stops on Node %i', async (node) => {
    const { url, stop } = await start(command, node)
    const { png } = await drawScene(THREE_SHAPES)
    expect(await ask(url, 'image/png', png)).toEqual({ status: 200, text: CAPTION })
    expect(await stop()).toEqual([0, null])
  })

  it.each([22, 24] as const)('starts with npx where it is not installed, on Node %i', async (node) => {
    const elsewhere = mkdtempSync(join(app, 'elsewhere-'))
    const npx = ['npx', '--yes', '--ignore-scripts', '@firesight/gemini-emulator']
    const { url } = await start(npx, node, elsewhere)
    expect(await ask(url, 'image/jpeg', Buffer.from('no image'))).toMatchObject({ status: 400 })
  })

  it('decodes HEIC images only if libheif-js is installed', async () => {
    const without = await start(command, 24)
    expect(await ask(without.url, 'image/heic', heic)).toEqual({
      status: 400,
      text: expect.stringMatching(/libheif-js is not installed.*npm install --save-dev libheif-js/) as string,
    })
    await without.stop()
    symlinkSync(libheif, join(app, 'node_modules/libheif-js'))
    const { url } = await start(command, 24)
    expect(await ask(url, 'image/heic', heic)).toMatchObject({ status: 200 })
  })
})

describe('the detector', () => {
  it('is refused without its packages, and finds objects in photos with them', async () => {
    const program = join(app, 'node_modules/.bin/gemini-emulator')
    const refused = run(program, ['--detector'], { cwd: app, env: environmentOf(24) })
    await expect(refused).rejects.toThrow(/not installed are @tensorflow.*npm install --save-dev/)
    for (const scope of ['@tensorflow', '@vladmandic'])
      symlinkSync(join(root, 'node_modules', scope), join(app, 'node_modules', scope))
    // Cut, so that it is not recognized as a sample.
    const cat = sharp(join(root, 'web/src/samples/photos/cat.jpg')).extract({
      left: 0,
      top: 0,
      width: 430,
      height: 300,
    })
    const { url } = await start([program, '--detector'], 24)
    expect(await ask(url, 'image/jpeg', await cat.jpeg().toBuffer())).toEqual({
      status: 200,
      text: 'A cat in the centre.',
    })
  })
})

describe('the installed module', () => {
  const PROGRAM = `
import { type FaultReport, type GeminiEmulator, type JournalEntry, type Script, startGeminiEmulator } from '@firesight/gemini-emulator'

const emulator: GeminiEmulator = await startGeminiEmulator({ now: () => new Date(0) })
const script: Script = { match: { method: 'listModels' }, reply: { status: 429 } }
await fetch(emulator.url + '/emulator/v1/scripts', { method: 'POST', body: JSON.stringify(script) })
const { status } = await fetch(emulator.url + '/v1beta/models', { headers: { 'x-goog-api-key': 'any' } })
const { requests } = (await (await fetch(emulator.url + '/emulator/v1/requests')).json()) as { requests: JournalEntry[] }
export const countAnswers = (report: FaultReport): number => Object.keys(report.answers).length
console.log(status, requests.map(({ method, time }) => [method, time].join(' ')))
await emulator.close()
`

  it.each([
    ['nodenext', { module: 'nodenext' }],
    ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
  ])('has self-contained types with module resolution "%s"', async (_, options) => {
    writeFileSync(join(app, 'program.ts'), PROGRAM)
    const compilerOptions = {
      strict: true,
      target: 'es2022',
      lib: ['es2024', 'dom'],
      types: [],
      noEmit: true,
    }
    const config = { compilerOptions: { ...compilerOptions, ...options }, files: ['program.ts'] }
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify(config))
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const compiled = run(process.execPath, [compiler, '-p', app]).catch((error: { stdout: string }) => error)
    expect((await compiled).stdout).toBe('')
  })

  it.each([22, 24] as const)('starts an emulator on Node %i', async (node) => {
    writeFileSync(join(app, 'program.ts'), PROGRAM)
    const { stdout } = await run(nodeProgram(node), ['program.ts'], { cwd: app })
    expect(stdout).toBe("429 [ 'listModels 1970-01-01T00:00:00.000Z' ]\n")
  })
})

describe('the published folder', () => {
  it('has the licences of all bundled packages, and installs only sharp', () => {
    const text = readFileSync(join(installed, 'THIRD-PARTY-NOTICES.txt'), 'utf8')
    for (const name of ['culori', 'd3-contour', 'express', 'simplify-js', 'zod'])
      expect(text).toContain(`\n${name} `)
    expect(text).not.toMatch(/\n(sharp|libheif-js) \d/)
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<
      string,
      object
    >
    expect(Object.keys(manifest.dependencies!)).toEqual(['sharp'])
    expect(manifest.private).toBeUndefined()
  })
})
