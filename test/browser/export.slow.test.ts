import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { downloadAsAdmin } from '../support/admin.ts'
import { axeViolations } from '../support/axe.ts'
import { userOf } from '../support/written-photo.ts'
import { button, clipboard, dialog, stored, useExportDialog, visit } from './export-dialog.ts'

const ROOT = join(import.meta.dirname, '../..')
const ARTIFACTS = join(ROOT, 'artifacts')
const run = promisify(execFile)

useExportDialog()

describe('copy', () => {
  it('copies caption, alt text and the document', async () => {
    await button('Caption').click()
    await dialog().getByText('Copied the caption.').waitFor()
    expect(await clipboard()).toBe(stored.caption)
    await button('Alt text').click()
    await dialog().getByText('Copied the alt text.').waitFor()
    expect(await clipboard()).toBe(stored.altText)
    await button('JSON').click()
    await dialog().getByText('Copied the JSON.').waitFor()
    // Dates are text in JSON.
    expect(JSON.parse(await clipboard())).toEqual(JSON.parse(JSON.stringify(stored)))
  })

  it('shows an error if the browser refuses', async () => {
    await visit.page.evaluate(() => {
      navigator.clipboard.writeText = async () => Promise.reject(new DOMException('no', 'NotAllowedError'))
    })
    await button('Caption').click()
    await dialog().getByRole('alert').getByText('Your browser did not allow copying').waitFor()
    expect(await axeViolations(visit.page)).toEqual([])
  })
})

describe('code', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'firesight-code-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const codeFor = async (language: string) => {
    await dialog().getByRole('tab', { name: language }).click()
    await button('Copy code').click()
    await dialog().getByText(`Copied the code for ${language}.`).waitFor()
    return clipboard()
  }

  it('asks about the photo with curl', async () => {
    const { idToken } = await userOf(visit.page)
    const code = await codeFor('curl')
    const { stdout } = await run('sh', ['-c', code], { env: { ...process.env, ID_TOKEN: idToken } })
    expect(JSON.parse(stdout)).toMatchObject({ result: { answer: expect.stringMatching(/\w/) } })
  })

  it('reads the document and the overlay with Node', async () => {
    const script = join(ROOT, '.cache', `export-${process.pid}.mjs`)
    mkdirSync(join(ROOT, '.cache'), { recursive: true })
    const code = await codeFor('Node')
    writeFileSync(script, code)
    try {
      const [, line = ''] = code.split('\n', 1)[0]!.split('// ')
      const variables = Object.fromEntries(line.split(' ').map((pair) => pair.split('=')))
      const env = { ...process.env, ...variables }
      const { stdout } = await run(process.execPath, [script], { cwd: folder, env })
      expect(stdout).toContain(stored.caption)
      expect(readFileSync(join(folder, 'overlay.png'))).toEqual(await downloadAsAdmin(stored.overlay.path))
    } finally {
      rmSync(script)
    }
  })

  it('has correct types for the web', async () => {
    const place = mkdtempSync(join(ROOT, 'docs/examples/functions/../.export-'))
    try {
      const config =
        "import type { FirebaseOptions } from 'firebase/app'\ndeclare const firebaseConfig: FirebaseOptions\n"
      writeFileSync(join(place, 'web.ts'), config + (await codeFor('Web')))
      writeFileSync(
        join(place, 'tsconfig.json'),
        JSON.stringify({ extends: '../tsconfig.json', include: ['.'] }),
      )
      const { stdout } = await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', place]).catch(
        (error: unknown) => error as { stdout: string },
      )
      expect(stdout).toBe('')
    } finally {
      rmSync(place, { recursive: true })
    }
  })
})

describe('the dialog', () => {
  it('works with the keyboard, and gives the focus back', async () => {
    const { page } = visit
    const focusedText = async () => page.evaluate(() => document.activeElement?.textContent)
    await dialog().getByRole('tab', { name: 'Web' }).focus()
    await page.keyboard.press('ArrowLeft')
    const selected = dialog().getByRole('tab', { selected: true })
    await expect.poll(() => selected.textContent()).toBe('Kotlin')
    await page.keyboard.press('Home')
    await expect.poll(focusedText).toBe('Web')
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    await expect.poll(focusedText).toContain('Export')
  })

  it('states tokens and what they would cost', async () => {
    const table = dialog().getByRole('table')
    const rows = async () => table.getByRole('rowheader').allTextContents()
    await expect.poll(rows).toEqual(['Description', 'Objects', 'Total'])
    expect(await table.locator('tfoot').textContent()).toMatch(/^Total\$0\.00\d\d$/)
    await dialog()
      .getByText(/^List price of gemini-.* on \d+ \w+ 20\d\d, standard tier/)
      .waitFor()
  })

  it.each([
    [1280, 900],
    [768, 1024],
    [390, 844],
    [320, 640],
  ])('has no axe violations and nothing cut off at %i x %i', async (width, height) => {
    const { page } = visit
    await page.setViewportSize({ width, height })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await axeViolations(page)).toEqual([])
      await page.screenshot({ path: join(ARTIFACTS, `export-${width}-${colorScheme}.png`) })
    }
    const hidden = async () => dialog().evaluate((element) => element.scrollWidth - element.clientWidth)
    await expect.poll(hidden).toBe(0)
    const right = async () => dialog().evaluate((element) => element.getBoundingClientRect().right)
    await expect.poll(async () => Math.round(await right())).toBeLessThanOrEqual(width)
  })
})
