import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { axeViolations } from '../support/axe.ts'
import { gemini } from '../support/gemini-control.ts'
import {
  chooseOther,
  deviation,
  dialog,
  firstId,
  openTwoPhotos,
  panel,
  photo,
  regions,
  SIZES,
  SQUARE,
  secondId,
  showFirst,
  shown,
  useTwoPhotos,
  visit,
} from './comparison-page.ts'
import { waitForCount } from './firesight-page.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')
/** Uploads and results of many photos. */
const LONG_MS = 300_000

useTwoPhotos()

async function deletePhoto(imageId: string): Promise<void> {
  await visit.goHome()
  await visit.page.locator(`.thumbnail[data-image-id="${imageId}"]`).getByRole('link').press('Delete')
  await waitForCount(visit.thumbnails, 1)
}

describe('the dialog for the photos of a comparison', () => {
  beforeAll(openTwoPhotos)
  beforeEach(showFirst)

  it.each(SIZES)(
    'has no axe violations and no overflow at $width pixels, nor has the dialog',
    async (size) => {
      const { page } = visit
      await page.setViewportSize(size)
      const width = async () => page.evaluate(() => document.documentElement.scrollWidth)
      await page.getByRole('button', { name: 'Compare', exact: true }).click()
      await dialog().getByRole('checkbox').check()
      await page.screenshot({ path: join(ARTIFACTS, `compare-choose-${size.width}.png`) })
      expect(await axeViolations(page)).toEqual([])
      await expect.poll(width).toBe(size.width)
      await dialog().getByRole('link', { name: 'Compare 2 photos' }).click()
      await shown('One difference found.')
      // Browsers align lines to whole pixels; on a phone, a pixel is 1 % of the height of the photo.
      await photo(2).locator('.stage-photo').waitFor()
      await expect.poll(async () => deviation(regions(2), 2, SQUARE)).toBeLessThan(0.015)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await axeViolations(page)).toEqual([])
        await page.screenshot({
          path: join(ARTIFACTS, `compare-${size.width}-${colorScheme}.png`),
          fullPage: true,
        })
      }
      await expect.poll(width).toBe(size.width)
    },
  )

  it(
    'takes more photos, up to 16, uploaded in the dialog, and removes them again',
    async () => {
      const { page } = visit
      await chooseOther()
      await shown('One difference found.')
      const plain = async (colour: string, index: number) => ({
        name: `${colour}-${index}.png`,
        mimeType: 'image/png',
        buffer: await sharp({ create: { width: 60 + index, height: 60, channels: 3, background: colour } })
          .png()
          .toBuffer(),
      })
      const upload = async (count: number, from: number) => {
        await page.getByRole('button', { name: 'Add photo' }).click()
        const files = await Promise.all(
          Array.from({ length: count }, async (_, i) => plain('teal', from + i)),
        )
        await dialog().locator('input[type=file]').setInputFiles(files)
      }
      await upload(1, 0)
      await dialog().getByRole('link', { name: 'Compare 3 photos' }).click({ timeout: LONG_MS })
      await page.getByRole('heading', { name: 'Compare 3 photos' }).waitFor()
      await panel()
        .getByText(/differences? found/)
        .waitFor({ timeout: LONG_MS })
      await waitForCount(page.getByRole('figure'), 3)
      expect((await gemini.requests()).at(-1)!.images).toHaveLength(3)
      await page.screenshot({ path: join(ARTIFACTS, 'compare-three.png') })

      await upload(13, 1)
      await dialog().getByRole('link', { name: 'Compare 16 photos' }).click({ timeout: LONG_MS })
      await page.getByRole('heading', { name: 'Compare 16 photos' }).waitFor()
      await panel()
        .getByText(/differences? found/)
        .waitFor({ timeout: LONG_MS })
      await waitForCount(page.getByRole('figure'), 16)
      expect((await gemini.requests()).at(-1)!.images).toHaveLength(16)
      expect(await page.getByRole('button', { name: 'Add photo' }).count()).toBe(0)
      for (const size of SIZES) {
        await page.setViewportSize(size)
        expect(await axeViolations(page)).toEqual([])
        await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(size.width)
        await page.screenshot({ path: join(ARTIFACTS, `compare-sixteen-${size.width}.png`), fullPage: true })
      }

      await page.getByRole('link', { name: 'Remove photo 16 from the comparison' }).click()
      await page.getByRole('heading', { name: 'Compare 15 photos' }).waitFor()
      await page.getByRole('button', { name: 'Add photo' }).click()
      // One photo is free: the other boxes are disabled once it is ticked.
      await dialog().getByRole('checkbox').first().check()
      expect(await dialog().getByRole('checkbox', { disabled: true }).count()).toBe(0)
    },
    4 * LONG_MS,
  )
})

describe('after a deletion', () => {
  beforeEach(openTwoPhotos)

  it('a photo that was deleted is named, and can be removed', async () => {
    const { page } = visit
    await chooseOther()
    await shown('One difference found.')
    await deletePhoto(firstId)
    await page.evaluate((hash) => (location.hash = hash), `${firstId}+${secondId}`)
    await panel().getByText('Photo 1 cannot be compared. Remove it to start.').waitFor()
    await photo(1).getByText('This photo does not exist, or it was deleted.').waitFor()
    await page.getByRole('link', { name: 'Remove photo 1 from the comparison' }).click()
    await expect.poll(() => visit.imageId).toBe(secondId)
    await visit.waitForStatus('succeeded')
  })

  it('the dialog of a single photo says that there is no other', async () => {
    const { page } = visit
    await deletePhoto(secondId)
    await visit.show(firstId)
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    await dialog().getByText('You have no other photo. Upload one to compare.').waitFor()
    await dialog().getByRole('button', { name: 'Cancel' }).click()
    await waitForCount(page.locator('dialog'), 0)
  })
})
