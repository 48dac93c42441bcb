import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { buildEmulator } from '../../tools/emulator-package.ts'
import { root } from '../../tools/paths.ts'
import { drawScene } from '../support/scene.ts'
import { CAPTION, THREE_SHAPES } from '../unit/gemini-emulator/three-shapes.ts'

const run = promisify(execFile)
const libheif = join(root, 'node_modules/libheif-js')
const heic = readFileSync(join(root, 'test/fixtures/four-shapes.heic'))

let app: string
let installed: string
beforeAll(async () => {
  app = mkdtempSync(join(tmpdir(), 'firesight-emulator-'))
  installed = join(app, 'node_modules/@firesight/gemini-emulator')
  await buildEmulator(join(app, 'built'))
  const { stdout } = await run('npm', ['pack', './built', '--silent'], { cwd: app })
  writeFileSync(join(app, 'package.json'), '{ "type": "module", "private": true }')
  await run('npm', ['install', `./${stdout.trim()}`, '--ignore-scripts', '--prefer-offline'], { cwd: app })
})
afterAll(() => rmSync(app, { recursive: true, force: true }))

/** Starts the command by its name, as npx does. Returns its address. */
async function start(node: string): Promise<{ url: string; stop(): Promise<unknown[]> }> {
  const command = join(app, 'node_modules/.bin/gemini-emulator')
  const child = spawn(command, ['--port', '0'], {
    env: { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const [, url = ''] = /GOOGLE_GEMINI_BASE_URL=(\S+)/.exec(String(line)) ?? []
  const stop = () => {
    child.kill('SIGTERM')
    return once(child, 'exit')
  }
  return { url, stop }
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

describe('the installed command', () => {
  it('starts, answers and stops', async () => {
    const { url, stop } = await start(process.execPath)
    const { png } = await drawScene(THREE_SHAPES)
    expect(await ask(url, 'image/png', png)).toEqual({ status: 200, text: CAPTION })
    expect(await stop()).toEqual([0, null])
  })

  it('decodes HEIC images only if libheif-js is installed', async () => {
    const without = await start(process.execPath)
    expect(await ask(without.url, 'image/heic', heic)).toEqual({
      status: 400,
      text: expect.stringMatching(/libheif-js is not installed.*npm install --save-dev libheif-js/) as string,
    })
    await without.stop()
    symlinkSync(libheif, join(app, 'node_modules/libheif-js'))
    const { url } = await start(process.execPath)
    expect(await ask(url, 'image/heic', heic)).toMatchObject({ status: 200 })
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

  it('starts an emulator', async () => {
    writeFileSync(join(app, 'program.ts'), PROGRAM)
    const { stdout } = await run(process.execPath, ['program.ts'], { cwd: app })
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

  it('cannot be confused with the workspace, which is private', () => {
    const workspace = readFileSync(join(root, 'gemini-emulator/package.json'), 'utf8')
    expect(JSON.parse(workspace)).toMatchObject({ private: true })
  })
})
