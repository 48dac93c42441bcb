import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, TestRunner } from 'vitest'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

/** A page that a test uses, with what it has logged. */
type OpenPage = { page: Page; log: readonly string[] }

const openPages = new Set<OpenPage>()

/** The page is reported if a test fails while it is open. */
export function watchPage(opened: OpenPage): void {
  openPages.add(opened)
}

/** Reports the page if the current test has failed. */
export async function unwatchPage(page: Page): Promise<void> {
  for (const opened of openPages)
    if (opened.page === page) {
      openPages.delete(opened)
      await reportIfFailed([opened])
    }
}

// Pages that several tests of a file share stay open after a failed test.
afterEach(async () => reportIfFailed([...openPages]))

async function reportIfFailed(pages: readonly OpenPage[]): Promise<void> {
  const test = TestRunner.getCurrentTest()
  if (test?.result?.state !== 'fail') return
  mkdirSync(ARTIFACTS, { recursive: true })
  for (const [index, { page, log }] of pages.entries()) {
    const path = join(ARTIFACTS, `failed-${test.id}-${index}.png`)
    // The page may have crashed.
    const picture = await page.screenshot({ path, fullPage: true, timeout: 10_000 }).then(() => path, String)
    const shown = await page.locator('body').innerText({ timeout: 10_000 }).catch(String)
    console.log(
      `"${test.name}" failed at ${new Date().toISOString()}. The page ${page.url()} shows:\n${shown}\n` +
        `Its log:\n${log.slice(-60).join('\n')}\nScreenshot: ${picture}`,
    )
  }
}
