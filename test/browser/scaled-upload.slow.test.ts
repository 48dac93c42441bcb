import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { startInEmulators } from '../../docs/examples/start-in-emulators.ts'
import { emulator } from '../support/app.ts'
import { launchBrowser } from '../support/browser.ts'
import { withOrientation } from '../support/scene.ts'

/** The global that the page's script defines. */
declare const app: {
  startInEmulators: typeof startInEmulators
  firesight: Awaited<ReturnType<typeof startInEmulators>>
}

let browser: Browser
let page: Page

/** 1200 x 800, red on the left, with enough noise that a PNG of it has 2 MB. */
const picture = sharp({
  create: {
    width: 1200,
    height: 800,
    channels: 3,
    background: 'teal',
    noise: { type: 'gaussian', mean: 128, sigma: 60 },
  },
}).composite([
  { input: { create: { width: 300, height: 800, channels: 3, background: 'red' } }, left: 0, top: 0 },
])

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [new URL('../../docs/examples/start-in-emulators.ts', import.meta.url).pathname],
    bundle: true,
    format: 'iife',
    globalName: 'app',
    write: false,
  })
  browser = await launchBrowser()
  page = await browser.newPage({ bypassCSP: true })
  await page.goto(`${emulator('FIRESIGHT_WEB_URL').url}/emulators.json`)
  await page.addScriptTag({ content: outputFiles[0]!.text.replace('var app =', 'globalThis.app =') })
  await page.evaluate(async () => {
    app.firesight = await app.startInEmulators(await (await fetch('/emulators.json')).json())
  })
})
afterAll(async () => browser?.close())

/** Uploads in the page. Returns the stored bytes. */
async function upload(bytes: Buffer, type: string, maxPixels?: number): Promise<Buffer> {
  const base64 = await page.evaluate(
    async ([content, contentType, limit]) => {
      const decoded = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
      const photo = new Blob([decoded], { type: contentType })
      const { path, done } = await app.firesight.upload(photo, { maxPixels: limit })
      await done
      const url = await app.firesight.photoUrl({ name: path, contentType, status: 'processing' } as never)
      const stored = new Uint8Array(await (await fetch(url!)).arrayBuffer())
      return btoa(stored.reduce((text, byte) => text + String.fromCharCode(byte), ''))
    },
    [bytes.toString('base64'), type, maxPixels] as const,
  )
  return Buffer.from(base64, 'base64')
}

it.each([
  ['image/jpeg', 'jpeg'],
  ['image/png', 'png'],
  ['image/webp', 'webp'],
] as const)('upload() with maxPixels sends a smaller photo as %s', async (type, format) => {
  const original = await picture.clone().toFormat(format).toBuffer()
  const stored = await upload(original, type, 240_000)
  expect(await sharp(stored).metadata()).toMatchObject({ format, width: 600, height: 400 })
  expect(stored.length).toBeLessThan(original.length)
})

it('upload() with maxPixels applies the EXIF orientation, and removes it', async () => {
  const upright = await sharp(await picture.clone().png().toBuffer()).toBuffer()
  const turned = await withOrientation(upright, 6)
  const stored = await upload(turned, 'image/jpeg', 240_000)
  const { width, height, orientation, exif } = await sharp(stored).metadata()
  expect({ width, height, orientation, exif }).toEqual({
    width: 600,
    height: 400,
    orientation: undefined,
    exif: undefined,
  })
  const [red, green] = (await sharp(stored)
    .extract({ left: 20, top: 200, width: 1, height: 1 })
    .raw()
    .toBuffer()) as Buffer & [number, number]
  expect([red > 200, green < 60]).toEqual([true, true])
})

it.each([
  ['a smaller photo', 'image/jpeg', async () => picture.clone().jpeg().toBuffer(), 960_000],
  [
    'a damaged photo',
    'image/png',
    async () => (await picture.clone().png().toBuffer()).subarray(0, 3000),
    1000,
  ],
  ['any photo without maxPixels', 'image/jpeg', async () => picture.clone().jpeg().toBuffer(), undefined],
] as const)('upload() sends %s unchanged', async (_, type, make, maxPixels) => {
  const original = await make()
  expect((await upload(original, type, maxPixels)).equals(original)).toBe(true)
})

it('upload() with maxPixels accepts a photo of more than 20 MB if its copy is smaller', async () => {
  const bytes = await sharp({
    create: {
      width: 3200,
      height: 2600,
      channels: 3,
      background: 'teal',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .png({ compressionLevel: 1 })
    .toBuffer()
  expect(bytes.length).toBeGreaterThan(20 * 1024 * 1024)
  expect(await sharp(await upload(bytes, 'image/png', 100_000)).metadata()).toMatchObject({ format: 'png' })
})

it('upload() with maxPixels fails with scaling-failed if the browser cannot write the format', async () => {
  const base64 = (await picture.clone().webp().toBuffer()).toString('base64')
  const failure = await page.evaluate(async (content) => {
    const { convertToBlob } = OffscreenCanvas.prototype
    // As Safari, which writes PNG instead of WebP.
    OffscreenCanvas.prototype.convertToBlob = async function () {
      return convertToBlob.call(this, { type: 'image/png' })
    }
    const photo = new Blob([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], {
      type: 'image/webp',
    })
    const { done } = await app.firesight.upload(photo, { maxPixels: 1000 })
    return done.then(
      () => 'stored',
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    )
  }, base64)
  expect(failure).toContain('scaling-failed: Could not scale the photo down')
  expect(failure).toContain('cannot write image/webp')
})
