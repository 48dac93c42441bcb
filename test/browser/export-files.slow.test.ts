import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { assignColours } from '../../functions/src/masks/palette.ts'
import { downloadAsAdmin, readDocument } from '../support/admin.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { withOrientation } from '../support/scene.ts'
import {
  type Box,
  button,
  dialog,
  download,
  open,
  png,
  type Stored,
  stored,
  useExportDialog,
  visit,
} from './export-dialog.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

useExportDialog()

async function pixelsOf(bytes: Uint8Array) {
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return {
    ...info,
    at: (x: number, y: number) => [...data.subarray((y * info.width + x) * 4).subarray(0, 4)],
  }
}

/** The number of pixels that are not as the photo and the mask require. */
async function wrongPixels(
  cutOut: Uint8Array,
  mask: Uint8Array,
  photo: Uint8Array,
  box: Box,
): Promise<number> {
  const [cut, white, whole] = await Promise.all([pixelsOf(cutOut), pixelsOf(mask), pixelsOf(photo)])
  expect([cut.width, cut.height]).toEqual([box.width, box.height])
  let wrong = 0
  for (let y = 0; y < box.height; y++)
    for (let x = 0; x < box.width; x++) {
      const wanted = white.at(x, y)[0] === 255 ? whole.at(box.x + x, box.y + y) : [0, 0, 0, 0]
      if (wanted.join() !== cut.at(x, y).join()) wrong++
    }
  return wrong
}

describe('download', () => {
  it('saves the overlay, the masks and the document as they are stored', async () => {
    expect(await download('Overlay as PNG')).toEqual({
      fileName: expect.stringMatching(/^photo-.{8}-overlay\.png$/),
      bytes: await downloadAsAdmin(stored.overlay.path),
    })
    const masks = await Promise.all(stored.objects.map(async ({ mask }) => downloadAsAdmin(mask.path)))
    const [first] = stored.objects
    expect(await download(`1. ${first?.label}: Mask`)).toMatchObject({ bytes: masks[0] })
    const zip = unzipSync((await download('All masks as ZIP')).bytes)
    expect(Object.keys(zip)).toEqual(
      stored.objects.map(({ label }, index) => `0${index + 1}-${label.replace(' ', '-')}-mask.png`),
    )
    expect(Object.values(zip).map((bytes) => Buffer.from(bytes))).toEqual(masks)
    const { bytes } = await download('All results as JSON')
    expect(JSON.parse(bytes.toString())).toEqual(JSON.parse(JSON.stringify(stored)))
  })

  it('saves cut-outs whose alpha equals the mask, with the pixels of the photo', async () => {
    const zip = unzipSync((await download('All cut-outs as ZIP')).bytes)
    expect(Object.keys(zip)).toHaveLength(stored.objects.length)
    for (const [index, { label, box, mask }] of stored.objects.entries()) {
      const { bytes } = await download(`${index + 1}. ${label}: Cut-out`)
      expect(await wrongPixels(bytes, await downloadAsAdmin(mask.path), png, box)).toBe(0)
      expect(Buffer.from(Object.values(zip)[index]!)).toEqual(bytes)
    }
  })

  it.each(['PNG', 'JPEG'] as const)(
    'saves the annotated photo as %s, with coloured edges at the boxes',
    async (type) => {
      const { bytes } = await download(`Annotated photo as ${type}`)
      expect((await sharp(bytes).metadata()).format).toBe(type.toLowerCase())
      const [drawn, photo] = await Promise.all([pixelsOf(bytes), pixelsOf(png)])
      expect([drawn.width, drawn.height]).toEqual([OWN_SHAPES.width, OWN_SHAPES.height])
      const colours = assignColours(stored.objects.map(({ label }) => label))
      for (const [index, { box }] of stored.objects.entries()) {
        const middle = Math.round(box.y + box.height / 2)
        for (const x of [box.x, box.x + box.width]) {
          const difference = drawn
            .at(x, middle)
            .map((value, channel) => value - (colours[index]![channel] ?? 255))
          expect(Math.max(...difference.map(Math.abs))).toBeLessThan(type === 'PNG' ? 3 : 60)
        }
        // The mask is 35 % opaque.
        const centre = [Math.round(box.x + box.width / 2), Math.round(box.y + box.height * 0.6)] as const
        const mixed = photo
          .at(...centre)
          .map((value, channel) => value * 0.65 + (colours[index]![channel] ?? 255) * 0.35)
        const off = drawn.at(...centre).map((value, channel) => Math.abs(value - mixed[channel]!))
        expect(Math.max(...off)).toBeLessThan(type === 'PNG' ? 4 : 12)
      }
      expect(drawn.at(2, 2).slice(0, 3)).toEqual(photo.at(2, 2).slice(0, 3))
    },
  )

  it('explains the CORS setting if the bucket lets no page read its files', async () => {
    const { page } = visit
    // As a bucket without CORS setting answers.
    const server = createServer((_, response) => response.end('PNG'))
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await page.route(/\/v0\/b\/.*alt=media/, async (route, request) => {
      const url = new URL(request.url())
      await route.continue({ url: `http://127.0.0.1:${port}${url.pathname}${url.search}` })
    })
    await button('Overlay as PNG').click()
    await expect
      .poll(() => dialog().getByRole('alert').textContent())
      .toContain('The bucket does not let this page read pictures (CORS).')
    await page.screenshot({ path: join(ARTIFACTS, 'export-cors.png') })
    await page.unrouteAll()
    server.close()
    await visit.expectProblem(/CORS policy|ERR_FAILED/)
    await download('Overlay as PNG')
  })
})

describe('other photos', () => {
  it('saves upright files of a photo that is stored rotated', async () => {
    const { page } = visit
    await page.keyboard.press('Escape')
    const rotated = await withOrientation(png, 6)
    await page.evaluate(() => void (location.hash = ''))
    await visit.annotate(rotated, 'holiday.jpg', 'image/jpeg')
    const id = visit.imageId
    const { objects } = (await readDocument(id)) as Stored
    await page.getByRole('button', { name: 'Export' }).click()
    // From the local file at first, and later from the stored one.
    for (const from of ['local', 'stored']) {
      const { bytes, fileName } = await download('Annotated photo as PNG')
      expect(fileName).toMatch(from === 'local' ? /^holiday-annotated\.png$/ : /^photo-/)
      expect(await sharp(bytes).metadata()).toMatchObject({
        width: OWN_SHAPES.width,
        height: OWN_SHAPES.height,
      })
      const upright = await sharp(rotated).autoOrient().png().toBuffer()
      const [{ label, box, mask }] = objects as [Stored['objects'][number]]
      const cutOut = await download(`1. ${label}: Cut-out`)
      const [alpha, maskBytes] = [
        await sharp(cutOut.bytes).extractChannel('alpha').raw().toBuffer(),
        await downloadAsAdmin(mask.path),
      ]
      expect(alpha).toEqual(await sharp(maskBytes).extractChannel(0).raw().toBuffer())
      const [cut, whole] = await Promise.all([pixelsOf(cutOut.bytes), pixelsOf(upright)])
      const [x, y] = [Math.round(box.width / 2), Math.round(box.height / 2)]
      const off = cut
        .at(x, y)
        .map((value, channel) => Math.abs(value - whole.at(box.x + x, box.y + y)[channel]!))
      expect(Math.max(...off)).toBeLessThan(6)
      if (from === 'local') await open(id)
    }
  })

  it('saves the objects of a search, whose masks are inline', async () => {
    const { page } = visit
    await page.keyboard.press('Escape')
    const panel = page.getByRole('region', { name: 'Find in this photo' })
    await panel.getByRole('textbox', { name: 'What to find' }).fill('the red circle')
    await panel.getByRole('button', { name: 'Find' }).click()
    await panel.getByText('1 found for “the red circle”.').waitFor()
    await page.getByRole('button', { name: 'Export' }).click()
    const { bytes: json, fileName } = await download('All results as JSON')
    expect(fileName).toMatch(/-search\.json$/)
    const { objects } = JSON.parse(json.toString()) as { objects: { label: string; box: Box }[] }
    expect(objects.map(({ label }) => label)).toEqual(['red circle'])
    const { bytes: mask } = await download('1. red circle: Mask')
    const { box } = objects[0]!
    expect(await sharp(mask).metadata()).toMatchObject({
      format: 'png',
      width: box.width,
      height: box.height,
    })
    const { bytes: cutOut } = await download('1. red circle: Cut-out')
    expect(await wrongPixels(cutOut, mask, png, box)).toBe(0)
    await download('Overlay as PNG')
    // The page keeps results of searches.
    await page.keyboard.press('Escape')
    await panel.getByRole('button', { name: 'Clear' }).click()
  })
})
