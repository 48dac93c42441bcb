import type { Page } from 'playwright-core'
import { axeViolations } from './axe.ts'

const SIZES = [
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 1280, height: 900 },
]

/** The axe violations of the page in three sizes, and the sizes at which it scrolls sideways. */
export async function layoutProblems(page: Page, sizes = SIZES): Promise<string[]> {
  const problems: string[] = []
  for (const size of sizes) {
    await page.setViewportSize(size)
    const name = `${size.width} x ${size.height}`
    problems.push(...(await axeViolations(page)).map((violation) => `${name}: ${violation}`))
    const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement)
    if (scrollWidth > clientWidth) problems.push(`${name}: the page is ${scrollWidth} pixels wide`)
  }
  return problems
}
