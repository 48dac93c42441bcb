import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeAnnotations } from '../support/admin.ts'
import { layoutProblems } from '../support/page-sizes.ts'
import { newAnnotation, userOf } from './documents.ts'
import { waitForCount } from './firesight-page.ts'
import {
  files,
  holdUploads,
  isOf,
  release,
  row,
  rows,
  states,
  storeAll,
  summary,
  useNewUsers,
  visit,
  waitForStored,
} from './upload-rows.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

useNewUsers()

it('five files have rows at once, three are uploaded at a time, and the queue counts those that are done', async () => {
  const { page } = visit
  const held = await holdUploads()
  await visit.dropAll(files('one.png', 'two.png', 'three.png', 'four.png', 'five.png'))
  await expect.poll(states).toEqual(['uploading', 'uploading', 'uploading', 'waiting', 'waiting'])
  await expect.poll(() => summary().textContent()).toBe('0 of 5 done')
  await expect.poll(() => held.length).toBe(3)
  expect(visit.imageId).toBe('')
  const picture = row('one.png').locator('img')
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(160)
  await row('five.png').getByRole('button', { name: 'Cancel: five.png' }).waitFor()
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
  await expect.poll(() => summary().textContent()).toBe('2 of 5 done')
  await row('two.png').getByText('This is two.png').waitFor()
  for (const name of ['three.png', 'four.png']) await annotate(name, 'partial')
  await annotate('five.png', 'failed')
  await expect.poll(() => summary().textContent()).toBe('4 of 5 done, 1 failed')
  expect(await layoutProblems(page)).toEqual([])
  await row('two.png').getByRole('link').click()
  await visit.waitForStatus('succeeded')
  await page.goBack()
  await page.getByRole('button', { name: 'Clear finished' }).click()
  await waitForCount(rows(), 0)
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
  visit.ignoreProblems(/status of 404/) // These photos are not stored.
})

it('a row can be cancelled, and a failed or cancelled upload can be tried again', async () => {
  const { page } = visit
  const held = await holdUploads()
  await visit.dropAll(files('first.png', 'second.png', 'third.png'))
  await expect.poll(() => held.length).toBe(3)
  await page.getByRole('button', { name: 'Cancel: second.png' }).click()
  await expect.poll(states).toEqual(['uploading', 'cancelled', 'uploading'])
  // The same button now tries again, so the keyboard stays there.
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.ariaLabel))
    .toBe('Try again: second.png')
  const refused = held.find(isOf('first.png'))!
  await refused.fulfill({ status: 403, json: { error: { code: 403, message: 'Permission denied.' } } })
  await expect.poll(states).toEqual(['failed', 'cancelled', 'uploading'])
  await visit.expectProblem(/status of 403/)
  await row('first.png').getByText('The upload was denied.').waitFor()
  await expect.poll(() => summary().textContent()).toBe('0 of 2 done, 1 failed, 1 cancelled')
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
  await expect.poll(() => visit.imageId).not.toBe('')
  const firstId = visit.imageId
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Your photo')
  await held[0]!.fulfill({ status: 403, json: { error: { code: 403, message: 'Permission denied.' } } })
  await page.getByRole('heading', { name: 'Upload failed' }).waitFor()
  await visit.expectProblem(/status of 403/)
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
  await row('notes.txt').getByText('This file is text/plain. Choose a PNG').waitFor()
  await row('large.png').getByText('This file is too large (20 MB).').waitFor()
  await row('empty.png').getByText('This file is empty.').waitFor()
  await expect.poll(() => summary().textContent()).toBe('0 of 1 done, 3 not accepted')
  expect(await visit.page.getByRole('alert').textContent()).toBe('')
  expect(await layoutProblems(visit.page)).toEqual([])
  await visit.page.getByRole('button', { name: 'Dismiss: notes.txt' }).click()
  await expect.poll(() => visit.page.evaluate(() => document.activeElement?.textContent)).toBe('Uploads')
  await release(held)
  await waitForStored(1)
})
