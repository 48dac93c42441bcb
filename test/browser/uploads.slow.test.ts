import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Route } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { writeAnnotations } from '../support/admin.ts'
import { BUCKET, PATIENCE_MS } from '../support/app.ts'
import { launchBrowser } from '../support/browser.ts'
import { layoutProblems } from '../support/page-sizes.ts'
import { newAnnotation, userOf } from './documents.ts'
import { FiresightPage } from './firesight-page.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

let browser: Browser
let bytes: Buffer
let visit: FiresightPage

beforeAll(async () => {
  mkdirSync(ARTIFACTS, { recursive: true })
  bytes = await sharp({ create: { width: 160, height: 120, channels: 3, background: 'white' } })
    .composite([
      { input: { create: { width: 60, height: 50, channels: 3, background: '#d62728' } }, left: 20, top: 30 },
    ])
    .png()
    .toBuffer()
  browser = await launchBrowser()
})
afterAll(async () => browser?.close())
beforeEach(async () => {
  visit = await FiresightPage.open(browser)
})
afterEach(async () => visit.close())

/** The name is appended to the bytes, so that each request shows its file. */
const files = (...names: string[]) =>
  names.map((name) => ({ name, type: 'image/png', bytes: Buffer.concat([bytes, Buffer.from(name)]) }))
const isOf = (name: string) => (route: Route) => route.request().postDataBuffer()?.includes(name)
const rows = () => visit.page.locator('.upload-row')
const row = (name: string) => rows().filter({ hasText: name })
const states = async () => rows().evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.state))
const summary = () => visit.page.locator('.uploads-summary')

/** Holds all uploads of the page until the test decides about each. */
async function holdUploads(): Promise<Route[]> {
  const held: Route[] = []
  await visit.page.route(/\/v0\/b\/[^/]+\/o\?/, async (route) => {
    if (route.request().method() === 'POST') held.push(route)
    else await route.continue()
  })
  return held
}

/** Answers held and further uploads as if the photos were stored. The functions are not notified. */
async function storeAll(held: readonly Route[], count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await expect.poll(() => held.length).toBeGreaterThan(index)
    const name = new URL(held[index]!.request().url()).searchParams.get('name')
    await held[index]!.fulfill({ json: { name, bucket: BUCKET, generation: '1', size: '1' } })
  }
}

/** Waits until some rows are stored: the functions annotate them, or have done so. */
async function waitForStored(count: number): Promise<void> {
  const isStored = (state: string | undefined) => state === 'processing' || state === 'annotated'
  await expect.poll(async () => (await states()).filter(isStored).length).toBe(count)
}

async function release(held: Route[]): Promise<void> {
  await visit.page.unrouteAll({ behavior: 'ignoreErrors' })
  for (const route of held) await route.continue().catch(() => {}) // The page may have cancelled the request.
}

it('five files have rows at once, three are uploaded at a time, and the queue counts those that are done', async () => {
  const { page } = visit
  const held = await holdUploads()
  await visit.dropAll(files('one.png', 'two.png', 'three.png', 'four.png', 'five.png'))
  await expect.poll(states).toEqual(['uploading', 'uploading', 'uploading', 'waiting', 'waiting'])
  expect(await summary().textContent()).toBe('0 of 5 done')
  await expect.poll(() => held.length).toBe(3)
  expect(visit.imageId).toBe('')
  expect(
    await row('one.png')
      .locator('img')
      .evaluate((image: HTMLImageElement) => image.naturalWidth),
  ).toBe(160)
  expect(await row('five.png').getByRole('button', { name: 'Cancel: five.png' }).isVisible()).toBe(true)
  expect(await layoutProblems(page)).toEqual([])
  await page.screenshot({ path: join(ARTIFACTS, 'uploads.png'), fullPage: true })

  // The pages of the photos show the progress of all uploads, with a link back.
  await row('four.png').getByRole('link').click()
  await page.getByText('Waiting to upload').waitFor()
  const indicator = page.getByRole('link', { name: '0 of 5 uploaded' })
  expect(await layoutProblems(page)).toEqual([])
  await indicator.click()

  await storeAll(held, 5)
  await expect.poll(states).toEqual(Array.from({ length: 5 }, () => 'processing'))
  const path = `users/${await userOf(page)}/uploads/a.png`
  const annotate = async (name: string, status: string) => {
    const address = (await row(name).getByRole('link').getAttribute('href'))!
    const annotation = { ...newAnnotation(path.split('/')[1]!, path), status, caption: `This is ${name}` }
    await writeAnnotations([
      { imageId: address.slice(1), annotation: { ...annotation, completedAt: new Date() } },
    ])
  }
  await annotate('one.png', 'succeeded')
  await annotate('two.png', 'succeeded')
  await expect.poll(() => summary().textContent(), { timeout: PATIENCE_MS }).toBe('2 of 5 done')
  expect(await row('two.png').textContent()).toContain('This is two.png')
  for (const name of ['three.png', 'four.png']) await annotate(name, 'partial')
  await annotate('five.png', 'failed')
  await expect.poll(() => summary().textContent(), { timeout: PATIENCE_MS }).toBe('4 of 5 done, 1 failed')
  expect(await layoutProblems(page)).toEqual([])
  await row('two.png').getByRole('link').click()
  await visit.waitForStatus('succeeded')
  await page.goBack()
  await page.getByRole('button', { name: 'Clear finished' }).click()
  await expect.poll(async () => rows().count()).toBe(0)
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
  visit.ignoreProblems(/status of 404/) // These photos are not stored.
}, 240_000)

it('a row can be cancelled, and a failed or cancelled upload can be tried again', async () => {
  const { page } = visit
  const held = await holdUploads()
  await visit.dropAll(files('first.png', 'second.png', 'third.png'))
  await expect.poll(() => held.length).toBe(3)
  await page.getByRole('button', { name: 'Cancel: second.png' }).click()
  await expect.poll(states).toEqual(['uploading', 'cancelled', 'uploading'])
  // The same button now tries again, so the keyboard stays there.
  expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe('Try again: second.png')
  const refused = held.find(isOf('first.png'))!
  await refused.fulfill({ status: 403, json: { error: { code: 403, message: 'Permission denied.' } } })
  await expect.poll(states).toEqual(['failed', 'cancelled', 'uploading'])
  visit.expectProblem(/status of 403/)
  expect(await row('first.png').textContent()).toContain('The upload was denied.')
  expect(await summary().textContent()).toBe('0 of 2 done, 1 failed, 1 cancelled')
  expect(await layoutProblems(page)).toEqual([])

  await release(held.filter((route) => route !== refused))
  await page.getByRole('button', { name: 'Try again: first.png' }).click()
  await page.getByRole('button', { name: 'Try again: second.png' }).click()
  await waitForStored(3)
})

it('the page of a photo whose upload has failed offers another attempt, and opens it', async () => {
  const { page } = visit
  const held = await holdUploads()
  await visit.dropAll(files('alone.png'))
  await expect.poll(() => held.length).toBe(1)
  const firstId = visit.imageId
  expect(firstId).not.toBe('')
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Your photo')
  await held[0]!.fulfill({ status: 403, json: { error: { code: 403, message: 'Permission denied.' } } })
  await page.getByRole('heading', { name: 'Upload failed' }).waitFor()
  visit.expectProblem(/status of 403/)
  expect(await layoutProblems(page)).toEqual([])
  await release([])
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => visit.imageId).not.toBe(firstId)
  await page.locator('[data-status], :text("Uploaded, waiting for the analysis")').first().waitFor()
})

it('files of a mixed drop that are not accepted have rows with the reason', async () => {
  const held = await holdUploads()
  const large = Buffer.alloc(20 * 1024 * 1024 + 1)
  await visit.dropAll([
    { name: 'notes.txt', type: 'text/plain', bytes: Buffer.from('Buy milk') },
    ...files('photo.png'),
    { name: 'large.png', type: 'image/png', bytes: large },
    { name: 'empty.png', type: 'image/png', bytes: Buffer.alloc(0) },
  ])
  await expect.poll(states).toEqual(['rejected', 'uploading', 'rejected', 'rejected'])
  expect(await row('notes.txt').textContent()).toContain('This file is text/plain. Choose a PNG')
  expect(await row('large.png').textContent()).toContain('This file is too large (20 MB).')
  expect(await row('empty.png').textContent()).toContain('This file is empty.')
  expect(await summary().textContent()).toBe('0 of 1 done, 3 not accepted')
  expect(await visit.page.getByRole('alert').textContent()).toBe('')
  expect(await layoutProblems(visit.page)).toEqual([])
  await visit.page.getByRole('button', { name: 'Dismiss: notes.txt' }).click()
  await expect.poll(() => visit.page.evaluate(() => document.activeElement?.textContent)).toBe('Uploads')
  await release(held)
  await waitForStored(1)
})

it('a reload during an upload asks for confirmation, and names the unfinished upload afterwards', async () => {
  const { page } = visit
  const held = await holdUploads()
  await visit.dropAll(files('holiday.png', 'second.png'))
  await expect.poll(() => held.length).toBe(2)
  const address = (await row('holiday.png').getByRole('link').getAttribute('href'))!
  await page.locator('h1').click() // Browsers ask only if the user has used the page.

  const dialogs: string[] = []
  let isAccepted = false
  page.on('dialog', async (dialog) => {
    dialogs.push(dialog.type())
    await (isAccepted ? dialog.accept() : dialog.dismiss())
  })
  await page.evaluate(() => location.reload())
  await expect.poll(() => dialogs).toEqual(['beforeunload'])
  expect(await states()).toEqual(['uploading', 'uploading'])

  isAccepted = true
  await page.evaluate(() => location.reload())
  await page.getByText('Upload did not finish: holiday.png. Add the file again.').waitFor()
  expect(dialogs).toEqual(['beforeunload', 'beforeunload'])
  expect(await states()).toEqual(['unfinished', 'unfinished'])
  expect(await layoutProblems(page)).toEqual([])
  await page.getByRole('button', { name: 'Dismiss: second.png' }).click()
  await expect.poll(states).toEqual(['unfinished'])

  // The address of such a photo does not claim that it belongs to another user.
  await page.evaluate((hash) => (location.hash = hash), address)
  await page.getByRole('heading', { name: 'The upload did not finish' }).waitFor()
  await page.getByText('“holiday.png” was not stored completely. Add the file again.').waitFor()
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
  expect(await layoutProblems(page)).toEqual([])
  await page.getByRole('link', { name: 'Show all photos' }).click()

  await release([])
  const [{ name, type, bytes: buffer }] = files('holiday.png') as [ReturnType<typeof files>[0]]
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose the file: holiday.png' }).click()
  await (await choosing).setFiles({ name, mimeType: type, buffer })
  await expect.poll(() => visit.imageId).not.toBe('')
  await page.getByRole('link', { name: 'Firesight, start page' }).click()
  await waitForStored(1)
  expect(await page.getByText('Upload did not finish').count()).toBe(0)
})

it('another tab does not call a running upload unfinished', async () => {
  const { page } = visit
  const held = await holdUploads()
  await visit.dropAll(files('running.png', 'other.png'))
  await expect.poll(() => held.length).toBe(2)
  const address = (await row('running.png').getByRole('link').getAttribute('href'))!
  const other = await page.context().newPage()
  await other.goto(new URL(address, page.url()).href)
  await other.getByRole('heading', { name: 'The upload is still running' }).waitFor()
  await other.getByRole('link', { name: 'Firesight, start page' }).click()
  await other.getByRole('heading', { name: 'See what is in your photos' }).waitFor()
  expect(await other.locator('.upload-row').count()).toBe(0)
  // The tab is closed: the upload will never finish.
  await page.close({ runBeforeUnload: false })
  await other.getByText('Upload did not finish: running.png.').waitFor()
})

it('says within two seconds that the browser is offline, and resumes the uploads afterwards', async () => {
  const { page } = visit
  const context = page.context()
  const held = await holdUploads()
  await visit.dropAll(files('a.png', 'b.png', 'c.png', 'd.png'))
  await expect.poll(() => held.length).toBe(3)
  await context.setOffline(true)
  const banner = page.getByText('You are offline. Uploads wait, and continue when you are online again.')
  await banner.waitFor({ timeout: 2000 })
  expect(await row('a.png').textContent()).toContain('waiting for the connection')
  expect(await row('d.png').textContent()).toContain('Waiting for the connection')
  // A file that is added now waits too.
  await visit.dropAll(files('e.png', 'f.png'))
  await expect.poll(() => rows().count()).toBe(6)
  expect(await layoutProblems(page)).toEqual([])
  await page.screenshot({ path: join(ARTIFACTS, 'offline.png'), fullPage: true })
  await release([])
  await context.setOffline(false)
  await banner.waitFor({ state: 'hidden', timeout: 2000 })
  await waitForStored(6)
  // Firestore reports the lost connection, and asks Google whether there is one at all.
  visit.expectProblem(/ERR_INTERNET_DISCONNECTED|cleardot|www\.google\.com/)
})
