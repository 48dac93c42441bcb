import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, TestRunner } from 'vitest'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

/** A page that a test uses, with what it has logged. */
type OpenPage = { page: Page; log: readonly string[]; number: number }

const openPages = new Set<OpenPage>()
let opened = 0

/** The page is reported if a test fails while it is open. */
export function watchPage(page: Page, log: readonly string[]): void {
  openPages.add({ page, log, number: ++opened })
}

/** Reports the page if the current test has failed, or is about to fail. */
export async function unwatchPage(page: Page, { isFailing }: { isFailing: boolean }): Promise<void> {
  for (const open of openPages) {
    if (open.page !== page) continue
    openPages.delete(open)
    if (isFailing || hasFailed()) await report(open)
  }
}

// Pages that several tests of a file share stay open after a failed test.
afterEach(async () => {
  if (hasFailed()) for (const open of openPages) await report(open)
})

function hasFailed(): boolean {
  return TestRunner.getCurrentTest()?.result?.state === 'fail'
}

async function report({ page, log, number }: OpenPage): Promise<void> {
  const { id = 'file', name = 'The file' } = TestRunner.getCurrentTest() ?? {}
  mkdirSync(ARTIFACTS, { recursive: true })
  const path = join(ARTIFACTS, `failed-${id}-page-${number}.png`)
  // The page may have crashed.
  const picture = await page.screenshot({ path, fullPage: true, timeout: 10_000 }).then(() => path, String)
  const shown = await page.locator('body').innerText({ timeout: 10_000 }).catch(String)
  console.log(
    `"${name}" failed at ${new Date().toISOString()}. The page ${page.url()} shows:\n${shown}\n` +
      `Its log:\n${log.slice(-60).join('\n')}\nScreenshot: ${picture}`,
  )
}
