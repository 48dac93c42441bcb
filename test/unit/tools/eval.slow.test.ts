import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { startGeminiEmulator } from '@firesight/gemini-emulator'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRun } from '../../../tools/eval/run-file.ts'
import { axeViolations } from '../../support/axe.ts'
import { launchBrowser } from '../../support/browser.ts'
import { runNode } from '../../support/run-node.ts'
import { drawScene, FOUR_SHAPES } from '../../support/scene.ts'

const folder = mkdtempSync(join(tmpdir(), 'eval-test-'))
const photos = join(folder, 'photos')
const MINUTE_MS = 60_000
const NOT_RUN = (count: number) => Array.from({ length: count }, () => 'not-run')

const runEval = async (args: string[], variables: Record<string, string> = {}) =>
  runNode(['tools/run.mjs', 'eval', ...args], { GEMINI_API_KEY: '', ...variables })

describe('npm run eval', { timeout: 3 * MINUTE_MS }, () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchBrowser()
    mkdirSync(photos)
    const small = { ...FOUR_SHAPES, shapes: FOUR_SHAPES.shapes.slice(0, 2) }
    writeFileSync(join(photos, 'a.png'), (await drawScene(FOUR_SHAPES)).png)
    writeFileSync(join(photos, 'b <i>.png'), (await drawScene(small)).png)
    writeFileSync(join(photos, 'broken.jpg'), 'no photo')
  }, MINUTE_MS)

  afterAll(() => browser.close())

  /** Opens a report as a file. @returns the texts of its images that have loaded, and its problems */
  async function open(file: string) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 6000 } })
    const problems: string[] = []
    page.on('console', (message) => problems.push(message.text()))
    page.on('pageerror', ({ message }) => problems.push(message))
    page.on('requestfailed', (request) => problems.push(request.url()))
    await page.goto(pathToFileURL(file).href, { waitUntil: 'networkidle' })
    const loaded = await page
      .locator('.stage img')
      .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth > 0))
    problems.push(...(await axeViolations(page)))
    return { page, loaded, problems }
  }

  it('reports photos of a folder with every failure, then compares two runs', async () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')]
    const run = await runEval(['--images', photos, '--out', first])
    expect(run.out).toContain('broken.jpg: rejected')
    expect(run.out).toContain('2 of 3 photos complete')
    expect(run.code).toBe(1)
    const { run: stored } = readRun(first)
    expect(stored.model.description).toMatch(/; with(out)? its detector/)
    expect(stored.photos.map(({ name, status, objects }) => [name, status, objects?.length])).toEqual([
      ['a.png', 'succeeded', 4],
      ['b <i>.png', 'succeeded', 2],
      ['broken.jpg', 'rejected', undefined],
    ])
    const report = await open(join(first, 'report.html'))
    expect(report.loaded).toEqual([true, true, true, true])
    expect(report.problems).toEqual([])
    expect(await report.page.locator('h3').allTextContents()).toEqual(['a.png', 'b <i>.png', 'broken.jpg'])
    await expect(report.page.locator('.notice').textContent()).resolves.toContain(
      'A local Gemini API answered',
    )
    expect(await report.page.locator('svg .box').count()).toBe(6)
    await report.page.close()

    const again = await runEval(['--images', photos, '--out', second, '--against', first], {
      MASK_POINTS: '0',
    })
    expect(again.code).toBe(1)
    const compared = await open(join(second, 'compare.html'))
    expect(compared.loaded).toEqual(Array.from({ length: 8 }, () => true))
    expect(compared.problems).toEqual([])
    await expect(compared.page.locator('main').textContent()).resolves.toContain(
      '6 in both (0 with another label)',
    )
    await compared.page.close()
  })

  it('measures drawn scenes', async () => {
    const out = join(folder, 'drawn')
    const { code, out: text } = await runEval(['--drawn', '2', '--out', out])
    expect(text).toMatch(/Precision \d+\.\d %, recall \d+\.\d %, mask IoU 0\.9\d\d/)
    expect(code).toBe(0)
    const { page, problems } = await open(join(out, 'report.html'))
    expect(problems).toEqual([])
    expect(await page.locator('svg .truth').count()).toBeGreaterThan(0)
    await page.close()
  })

  it('stops at a refused key, and reports the photos that were not run', async () => {
    const emulator = await startGeminiEmulator()
    const out = join(folder, 'refused')
    const environment = { GEMINI_EMULATOR_HOST: new URL(emulator.url).host, GEMINI_API_KEY: 'invalid' }
    try {
      const { code, out: text } = await runEval(
        ['--drawn', '3', '--out', out, '--concurrency', '1'],
        environment,
      )
      expect(text).toContain('The run was stopped. model-misconfigured')
      expect(code).toBe(1)
      expect(readRun(out).run.photos.map(({ status }) => status)).toEqual(['deferred', 'not-run', 'not-run'])
    } finally {
      await emulator.close()
    }
  })

  it('keeps the results after Ctrl-C, which arrives twice', async () => {
    const emulator = await startGeminiEmulator()
    const out = join(folder, 'interrupted')
    const body = JSON.stringify({ reply: { delayMs: 1500 } })
    await fetch(`${emulator.url}/emulator/v1/scripts`, { method: 'POST', body })
    const env = { ...process.env, GEMINI_EMULATOR_HOST: new URL(emulator.url).host, GEMINI_API_KEY: '' }
    const args = ['tools/eval/eval.ts', '--drawn', '4', '--out', out, '--concurrency', '1']
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      let text = ''
      child.stdout.on('data', (data: Buffer) => (text += String(data)))
      while (!text.includes('[1/4]')) await once(child.stdout, 'data')
      expect(readRun(out).run.photos.map(({ status }) => status)).toEqual(['succeeded', ...NOT_RUN(3)])
      await sleep(300) // The second photo waits for its answer.
      child.kill('SIGINT')
      await sleep(200)
      child.kill('SIGINT')
      const [code] = (await once(child, 'exit')) as [number | null]
      expect(code).toBe(130)
      const { run } = readRun(out)
      expect(run.stopped).toBe('It was interrupted.')
      expect(run.photos.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', ...NOT_RUN(2)])
      expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('2 succeeded, 2 not-run')
    } finally {
      child.kill('SIGKILL')
      await emulator.close()
    }
  })

  it('asks before it sends requests that cost money', async () => {
    const out = join(folder, 'unconfirmed')
    const { code, out: text } = await runEval(['--images', photos, '--out', out], { GEMINI_API_KEY: 'key' })
    expect(text).toMatch(/Estimate: [\d,]+ tokens, \$\d/)
    expect(text).toContain('confirm them with --yes')
    expect(code).toBe(2)
    expect(existsSync(out)).toBe(false)
  })
})
