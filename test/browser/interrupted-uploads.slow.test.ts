import { join } from 'node:path'
import { expect, it } from 'vitest'
import { layoutProblems } from '../support/page-sizes.ts'
import { waitForCount } from './firesight-page.ts'
import { switchConnection } from './switch-connection.ts'
import {
  files,
  holdUploads,
  release,
  row,
  rows,
  states,
  useNewUsers,
  visit,
  waitForStored,
} from './upload-rows.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

useNewUsers()

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
  await expect.poll(states).toEqual(['uploading', 'uploading'])

  isAccepted = true
  await page.evaluate(() => location.reload())
  await page.getByText('Upload did not finish: holiday.png. Add the file again.').waitFor()
  expect(dialogs).toEqual(['beforeunload', 'beforeunload'])
  await expect.poll(states).toEqual(['unfinished', 'unfinished'])
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
  await waitForCount(page.getByText('Upload did not finish'), 0)
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
  const held = await holdUploads()
  await visit.dropAll(files('a.png', 'b.png', 'c.png', 'd.png'))
  await expect.poll(() => held.length).toBe(3)
  const banner = 'You are offline. Uploads wait, and continue when you are online again.'
  expect(await switchConnection(page, 'offline', banner)).toBeLessThan(2000)
  await row('a.png')
    .getByText(/, waiting for the connection/)
    .waitFor()
  await row('d.png').getByText('Waiting for the connection', { exact: true }).waitFor()
  // A file that is added now waits too.
  await visit.dropAll(files('e.png', 'f.png'))
  await waitForCount(rows(), 6)
  expect(await layoutProblems(page)).toEqual([])
  await page.screenshot({ path: join(ARTIFACTS, 'offline.png'), fullPage: true })
  await release([])
  expect(await switchConnection(page, 'online', banner)).toBeLessThan(2000)
  await waitForStored(6)
  // Firestore reports the lost connection, and asks Google whether there is one at all.
  await visit.expectProblem(/ERR_INTERNET_DISCONNECTED|cleardot|www\.google\.com/)
})
