import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { writeAnnotations } from '../support/admin.ts'
import { BUCKET } from '../support/app.ts'
import { launchBrowser } from '../support/browser.ts'
import { layoutProblems } from '../support/page-sizes.ts'
import { newAnnotation, userOf } from './documents.ts'
import { FiresightPage, waitForCount } from './firesight-page.ts'
import { switchConnection } from './switch-connection.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')
const MINUTE_MS = 60_000

let browser: Browser
let visit: FiresightPage
let uid: string

beforeAll(async () => {
  mkdirSync(ARTIFACTS, { recursive: true })
  browser = await launchBrowser()
})
afterAll(async () => browser?.close())
beforeEach(async () => {
  visit = await FiresightPage.open(browser)
  uid = await userOf(visit.page)
})
afterEach(async () => {
  // The files of the photos do not exist, and one test is offline.
  await visit.expectProblem(/status of 404|ERR_INTERNET_DISCONNECTED|cleardot|www\.google\.com/)
  await visit.close()
})

/** Writes a document as the functions would, and opens its page. The photo itself does not exist. */
async function open(name: string, fields: Partial<Annotation> | { status: 'deleted' }): Promise<void> {
  const path = `users/${uid}/uploads/${name}`
  const imageId = imageIdOf(BUCKET, path)
  const annotation = { ...newAnnotation(uid, path), ...fields }
  await writeAnnotations([{ imageId, annotation }])
  await visit.page.evaluate((hash) => (location.hash = hash), imageId)
}

async function photographed(name: string): Promise<string[]> {
  const problems = await layoutProblems(visit.page)
  await visit.page.screenshot({ path: join(ARTIFACTS, `${name}.png`), fullPage: true })
  return problems
}

const error = (code: string, message: string, retryable: boolean) =>
  ({ code, message, retryable }) as NonNullable<Annotation['error']>

it('a postponed photo counts down to its next run, and "Run again" to when it can succeed', async () => {
  const { page } = visit
  await open('later.jpg', {
    status: 'deferred',
    error: error('tokens-exceeded', 'Your allowance for today is used up.', true),
    nextAttemptAt: new Date(Date.now() + 5 * MINUTE_MS),
    dueAt: new Date(Date.now() + 10 * MINUTE_MS),
  })
  await visit.waitForStatus('deferred')
  const status = page.locator('.status')
  await status
    // Shortly before midnight, the date comes first.
    .getByText(/^Your allowance for today is used up. The analysis continues automatically after .*\d:\d\d/)
    .waitFor()
  const timer = status.getByRole('timer')
  const first = await timer.textContent()
  expect(first).toMatch(/^Continues in \d+:\d\d min$/)
  await expect.poll(() => timer.textContent()).not.toBe(first)
  const button = status.getByRole('button', { name: /^Run again in \d+:\d\d min$/ })
  await expect.poll(() => button.getAttribute('aria-disabled')).toBe('true')
  await expect.poll(() => button.getAttribute('title')).toBe('An earlier run would fail.')
  await button.click({ force: true })
  expect(await status.getByText('Running again…').count()).toBe(0)
  expect(await photographed('status-deferred')).toEqual([])
})

it('an invalid key says where the operator looks', async () => {
  await open('key.jpg', {
    status: 'deferred',
    error: error('model-misconfigured', 'The model service is not set up correctly.', false),
    dueAt: new Date(Date.now() + 5 * MINUTE_MS),
  })
  await visit.waitForStatus('deferred')
  const help = visit.page.locator('.operator')
  await expect.poll(() => help.textContent()).toContain('The key of the Gemini API is missing or invalid')
  await expect
    .poll(() => help.locator('code').allTextContents())
    .toEqual([
      'GEMINI_API_KEY',
      'npm run doctor',
      'firebase functions:secrets:set GEMINI_API_KEY',
      'GEMINI_API_KEY=… npm start',
    ])
  expect(await photographed('status-invalid-key')).toEqual([])
})

it('a rejected file can be deleted, but not run again', async () => {
  await open('half.jpg', {
    status: 'rejected',
    error: error('corrupt-image', 'The image is damaged or incomplete.', false),
    completedAt: new Date(),
  })
  await visit.waitForStatus('rejected')
  await waitForCount(visit.page.getByRole('button', { name: 'Delete', exact: true }), 1)
  expect(await visit.page.getByRole('button', { name: 'Run again' }).count()).toBe(0)
  expect(await photographed('status-rejected')).toEqual([])
})

it('a deleted photo is called deleted, and not a file that cannot be shown', async () => {
  const { page } = visit
  await open('gone.jpg', { status: 'deleted' })
  await page.getByRole('heading', { name: 'This photo was deleted' }).waitFor()
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
  expect(await page.locator('main').textContent()).not.toContain('cannot be')
  expect(await photographed('status-deleted')).toEqual([])

  // The file is deleted first. Its document follows when the function has run.
  await open('going.jpg', {
    status: 'succeeded',
    image: { width: 300, height: 200, format: 'jpeg', orientation: 1, sha256: '' },
    caption: 'A photo that is being deleted',
    objects: [],
    completedAt: new Date(),
  })
  await page.locator('.stage').getByText('This photo was deleted.').waitFor()
})

it('buttons that need the service say that the browser is offline', async () => {
  const { page } = visit
  await open('failed.jpg', {
    status: 'failed',
    error: error('gave-up', 'The photo could not be annotated after several attempts.', true),
    completedAt: new Date(),
  })
  await visit.waitForStatus('failed')
  await page.getByRole('button', { name: 'Run again' }).waitFor()
  expect(await switchConnection(page, 'offline', 'Run again when online')).toBeLessThan(2000)
  const button = page.getByRole('button', { name: 'Run again when online' })
  await expect.poll(() => button.getAttribute('title')).toBe('You are offline.')
  expect(await photographed('status-offline')).toEqual([])
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Run again', exact: true }).waitFor()
})
