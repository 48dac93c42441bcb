import type { Browser, Route } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { BUCKET } from '../support/app.ts'
import { launchBrowser } from '../support/browser.ts'
import { FiresightPage } from './firesight-page.ts'

let browser: Browser
let bytes: Buffer
/** The home page of a new user, for `useNewUsers`. */
export let visit: FiresightPage

/** Each test has a user of its own. */
export function useNewUsers(): void {
  beforeAll(async () => {
    const red = { create: { width: 60, height: 50, channels: 3, background: '#d62728' } } as const
    bytes = await sharp({ create: { width: 160, height: 120, channels: 3, background: 'white' } })
      .composite([{ input: red, left: 20, top: 30 }])
      .png()
      .toBuffer()
    browser = await launchBrowser()
  })
  afterAll(async () => browser?.close())
  beforeEach(async () => {
    visit = await FiresightPage.open(browser)
  })
  afterEach(async () => visit.close())
}

/** The name is appended to the bytes, so that each request shows its file. */
export const files = (...names: string[]) =>
  names.map((name) => ({ name, type: 'image/png', bytes: Buffer.concat([bytes, Buffer.from(name)]) }))
export const isOf = (name: string) => (route: Route) => route.request().postDataBuffer()?.includes(name)
export const rows = () => visit.page.locator('.upload-row')
export const row = (name: string) => rows().filter({ hasText: name })
export const states = async () =>
  rows().evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.state))
export const summary = () => visit.page.locator('.uploads-summary')

/** Holds all uploads of the page until the test decides about each. */
export async function holdUploads(): Promise<Route[]> {
  const held: Route[] = []
  await visit.page.route(/\/v0\/b\/[^/]+\/o\?/, async (route) => {
    if (route.request().method() === 'POST') held.push(route)
    else await route.continue()
  })
  return held
}

/** Answers held and further uploads as if the photos were stored. The functions are not notified. */
export async function storeAll(held: readonly Route[], count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await expect.poll(() => held.length).toBeGreaterThan(index)
    const name = new URL(held[index]!.request().url()).searchParams.get('name')
    await held[index]!.fulfill({ json: { name, bucket: BUCKET, generation: '1', size: '1' } })
  }
}

/** Waits until some rows are stored: the functions annotate them, or have done so. */
export async function waitForStored(count: number): Promise<void> {
  const isStored = (state: string | undefined) => state === 'processing' || state === 'annotated'
  await expect.poll(async () => (await states()).filter(isStored).length).toBe(count)
}

export async function release(held: Route[]): Promise<void> {
  await visit.page.unrouteAll({ behavior: 'ignoreErrors' })
  for (const route of held) await route.continue().catch(() => {}) // The page may have cancelled the request.
}
