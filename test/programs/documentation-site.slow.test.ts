import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GROUPS, slugOf } from '../../site/pages.ts'
import { root } from '../../tools/paths.ts'
import { axeViolations } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { deadLinks } from '../support/built-links.ts'
import { serveSite } from '../support/static-site.ts'

const dist = join(root, 'site/dist')
const pages = [
  ...GROUPS.flatMap(({ entries }) => entries.map(({ file }) => file)),
  ...globSync('docs/**/*.md', { cwd: root }),
]

describe('the documentation site', { timeout: 60_000 }, () => {
  let site: Awaited<ReturnType<typeof serveSite>>
  let browser: Browser
  const problems: string[] = []

  beforeAll(async () => {
    rmSync(dist, { recursive: true, force: true })
    const { status, stdout, stderr } = spawnSync('npm', ['run', 'docs:site'], { cwd: root, encoding: 'utf8' })
    if (status !== 0) throw new Error(`Cannot build the site:\n${stdout}\n${stderr}`)
    site = await serveSite(dist, join(root, 'site/firebase.json'))
    browser = await launchBrowser()
  }, 300_000)

  afterAll(async () => {
    await browser?.close()
    await site?.[Symbol.asyncDispose]()
  })

  /** Opens a page, and records requests to other origins and errors, such as violations of the policy. */
  async function open(path: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const page = await browser.newPage(options)
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(site.origin) && !url.startsWith('data:')) problems.push(`request to ${url}`)
    })
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`${path}: ${message.text()}`)
    })
    page.on('pageerror', (error) => problems.push(`${path}: ${error.message}`))
    // Starlight loads the search when the browser is idle, which never happens on a machine under load.
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'requestIdleCallback'))
    await page.goto(`${site.origin}${path}`, { waitUntil: 'networkidle' })
    return page
  }

  it('has a page for every Markdown file of the docs', () => {
    const missing = pages.filter((file) => !existsSync(join(dist, slugOf(file) ?? '?', 'index.html')))
    expect(missing).toEqual([])
  })

  it('has no dead link, image or anchor', () => {
    expect(globSync('**/*.html', { cwd: dist }).length).toBeGreaterThan(80)
    expect(deadLinks(dist)).toEqual([])
  })

  it('finds a page by a word of its text', async () => {
    const page = await open('/')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('textbox').fill('quota')
    const first = page.locator('.pagefind-ui__result-link').first()
    await first.waitFor()
    expect(await first.getAttribute('href')).toMatch(/^\/quota\//)
    await first.click()
    await page.waitForURL(/\/quota\//)
    expect(await page.locator('h1').textContent()).toMatch(/quota/i)
    expect(problems).toEqual([])
    await page.close()
  })

  it.each([
    ['/', 1280, 'light'],
    ['/add-to-your-project/', 390, 'light'],
    ['/api/', 1280, 'dark'],
    ['/reliability/', 390, 'light'],
  ] as const)('%s at %d px (%s) has no axe violations and no overflow', async (path, width, colorScheme) => {
    const page = await open(path, { viewport: { width, height: 844 }, colorScheme, reducedMotion: 'reduce' })
    // Scripts of the page still name scrollable code, and colours fade in, for a moment after the load.
    await expect.poll(() => axeViolations(page), { timeout: 15_000 }).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    expect(problems).toEqual([])
    await page.close()
  })
})

describe('deadLinks()', () => {
  it('reports missing pages and anchors', () => {
    const folder = mkdtempSync(join(tmpdir(), 'firesight-site-'))
    const html =
      '<a href="/a/">1</a> <a href="#here" id="here">2</a> <a class="x" href="/#no">3</a> <img src="b.png">'
    writeFileSync(join(folder, 'index.html'), html)
    expect(deadLinks(folder)).toEqual(['index.html: /a/', 'index.html: /#no', 'index.html: b.png'])
    rmSync(folder, { recursive: true })
  })
})
