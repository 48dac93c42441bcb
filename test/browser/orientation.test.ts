import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inspectImage } from '../../functions/src/image/source-image.ts'
import { launchBrowser } from '../support/browser.ts'

const LIMITS = { maxImageBytes: 1e7, maxImagePixels: 1e7, heic: 'off' as const }

let browser: Awaited<ReturnType<typeof launchBrowser>>
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

/** Width and height of a picture as a browser shows it. */
async function shownSize(bytes: Buffer, mimeType: string): Promise<number[]> {
  const page = await browser.newPage()
  try {
    return await page.evaluate(
      async (url) => {
        const image = new Image()
        image.src = url
        await image.decode()
        return [image.naturalWidth, image.naturalHeight]
      },
      `data:${mimeType};base64,${bytes.toString('base64')}`,
    )
  } finally {
    await page.close()
  }
}

describe('the upright size', () => {
  const formats = ['jpeg', 'png', 'webp'] as const
  it.each(formats.flatMap((format) => [1, 3, 6, 8].map((orientation) => [format, orientation] as const)))(
    "of a %s with EXIF orientation %i is the browser's",
    async (format, orientation) => {
      const blank = sharp({ create: { width: 60, height: 40, channels: 3, background: 'teal' } })
      const bytes = await blank.toFormat(format).withMetadata({ orientation }).toBuffer()
      const { width, height } = await inspectImage(bytes, LIMITS)
      expect([width, height]).toEqual(await shownSize(bytes, `image/${format}`))
    },
  )
})
