import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { uploadAsAdmin } from '../support/admin.ts'
import { launchBrowser } from '../support/browser.ts'
import { type BuiltPage, serveBuiltPage } from '../support/built-page.ts'
import { codeShares, gzipped, type Owner } from '../support/code-shares.ts'
import { countTraffic, observeVitals, readVitals, type Traffic } from '../support/page-vitals.ts'
import { userOf, writeFiles, writePhoto } from '../support/written-photo.ts'
import { FiresightPage, waitForCount } from './firesight-page.ts'

/* Measures the built page. With WRITE_DOCS=1 the report replaces the one in docs/performance.md. */

const ROOT = join(import.meta.dirname, '../..')
const ROUNDS = 3
const MAX_OWN_BYTES = 70_000
const MAX_SHIFT = 0.05
const SIZES = { '1280 × 900': { width: 1280, height: 900 }, '390 × 844': { width: 390, height: 844 } }
type SizeName = keyof typeof SIZES

type Measured = { page: string; size: string; lcpMs: number; cls: number; traffic: Traffic }

let browser: Browser
let built: BuiltPage
let visit: FiresightPage
let photoId: string
const measured: Measured[] = []
let shares: Record<Owner, number>
let styleBytes: number

beforeAll(async () => {
  const { FIRESIGHT_WEB_URL } = process.env
  built = await serveBuiltPage()
  browser = await launchBrowser()
  try {
    process.env.FIRESIGHT_WEB_URL = built.url
    visit = await FiresightPage.open(browser, async (context) => {
      await context.addInitScript(observeVitals)
    })
  } finally {
    process.env.FIRESIGHT_WEB_URL = FIRESIGHT_WEB_URL
  }
})
afterAll(async () => {
  await visit?.close()
  await browser?.close()
  built?.close()
})

/** Loads the page with an empty cache, and waits until nothing is loaded any more. */
async function load(page: string, size: SizeName, ready: () => Promise<unknown>): Promise<void> {
  const rounds: Measured[] = []
  await visit.page.setViewportSize(SIZES[size])
  const session = await visit.page.context().newCDPSession(visit.page)
  await session.send('Network.enable')
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  for (let round = 0; round < ROUNDS; round++) {
    const { settled, stop } = countTraffic(visit.page)
    await visit.page.reload()
    await ready()
    await settled()
    const { lcpMs, cls, shifts } = await readVitals(visit.page)
    rounds.push({ page, size, lcpMs, cls, traffic: await stop() })
    expect(cls < MAX_SHIFT ? [] : shifts, `${page}, ${size}, round ${round}`).toEqual([])
  }
  await session.detach()
  const [median] = rounds.toSorted((a, b) => a.lcpMs - b.lcpMs).slice(Math.floor(ROUNDS / 2))
  measured.push({ ...median!, cls: Math.max(...rounds.map(({ cls }) => cls)) })
}

const open = async (hash: string) => {
  await visit.page.evaluate((to) => {
    location.hash = to
  }, hash)
}

/** Nine photos of the user of the page, each with a thumbnail of 20 kB. */
async function addPhotos(): Promise<void> {
  const photo = await writeFiles((await userOf(visit.page)).uid)
  const jpeg = await largeThumbnail()
  photoId = await writePhoto(photo, 'photo')
  for (let index = 0; index < 8; index++) {
    const path = photo.thumbnail!.path.replace('written', `copy-${index}`)
    await uploadAsAdmin(path, jpeg)
    await writePhoto(photo, `copy ${index}`, { thumbnail: { ...photo.thumbnail!, path } })
  }
}

/** A JPEG of 320 pixels, just below the limit of 20 kB for thumbnails. */
async function largeThumbnail(): Promise<Buffer> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 30 }
  const picture = sharp({ create: { width: 320, height: 213, channels: 3, background: 'grey', noise } })
  for (let quality = 95; quality > 0; quality -= 5) {
    const jpeg = await picture.clone().jpeg({ quality }).toBuffer()
    if (jpeg.length <= 20_000) return jpeg
  }
  throw new Error('No quality gives a thumbnail of 20 kB')
}

describe('the built page', () => {
  it('loads the home page, empty and with nine photos, without layout shifts', async () => {
    const { page } = visit
    const heading = async () => page.getByRole('heading', { level: 1 }).waitFor()
    await load('Home, no photos', '1280 × 900', heading)
    await addPhotos()
    await open('')
    await heading()
    const nine = async () => {
      await waitForCount(visit.thumbnails, 9)
      await expect
        .poll(() =>
          visit.thumbnails
            .locator('img')
            .evaluateAll(
              (all: HTMLImageElement[]) =>
                all.filter((image) => image.complete && image.naturalWidth > 0).length,
            ),
        )
        .toBeGreaterThan(0)
    }
    for (const size of Object.keys(SIZES) as SizeName[]) await load('Home, nine photos', size, nine)
    const { traffic } = measured.at(-1)!
    expect(traffic.pictures).toBeLessThan(200_000)
    expect(traffic.code + traffic.pictures + traffic.api).toBeLessThan(500_000)
  })

  it('loads a photo again without layout shifts', async () => {
    await open(photoId)
    const done = async () => {
      await visit.waitForStatus('succeeded')
      await visit.overlay.first().waitFor()
    }
    await done()
    for (const size of Object.keys(SIZES) as SizeName[]) await load('Photo', size, done)
    expect(measured.filter(({ page }) => page === 'Photo').map(({ cls }) => cls < MAX_SHIFT)).toEqual([
      true,
      true,
    ])
  })

  it('has at most 70 kB of own code in the first load of the home page', () => {
    const { scripts } = measured.find(({ page }) => page === 'Home, nine photos')!.traffic
    const files = scripts.map((path) => ({
      code: readFileSync(join(built.folder, path), 'utf8'),
      map: readFileSync(join(built.folder, `${path}.map`), 'utf8'),
    }))
    shares = codeShares(files)
    const assets = readdirSync(join(built.folder, 'assets')).filter((name) => name.endsWith('.css'))
    const texts = [...assets.map((name) => join('assets', name)), 'index.html']
    styleBytes = texts.reduce((sum, name) => sum + gzipped(readFileSync(join(built.folder, name))), 0)
    expect(shares.own).toBeGreaterThan(5000)
    expect(shares.own + styleBytes).toBeLessThanOrEqual(MAX_OWN_BYTES)
  })

  it('writes the report', () => {
    const text = report()
    mkdirSync(join(ROOT, 'artifacts'), { recursive: true })
    writeFileSync(join(ROOT, 'artifacts/page-load.md'), text)
    const docs = join(ROOT, 'docs/performance.md')
    const page = readFileSync(docs, 'utf8')
    const marked = /(<!-- measured: page-load -->\n)[\s\S]*?(<!-- end -->)/
    expect(page).toMatch(marked)
    if (process.env.WRITE_DOCS)
      writeFileSync(
        docs,
        page.replace(marked, (_, start, end) => `${start}\n${text}\n${end}`),
      )
  })
})

function report(): string {
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
  const rows = measured.map(({ page, size, lcpMs, cls, traffic: { code, pictures, api } }) =>
    [
      page,
      size,
      `${Math.round(lcpMs)} ms`,
      cls.toFixed(3),
      ...[code, pictures, api, code + pictures + api].map(kilobytes),
    ].join(' | '),
  )
  const own = shares.own + styleBytes
  return [
    `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores, headless Chromium, everything on one machine.`,
    '',
    '| Page | Window | LCP | CLS | Code | Pictures | API | Total |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
    '',
    '| Code of the first load of the home page, gzip | |',
    '| --- | --- |',
    `| own: JavaScript, CSS and HTML (at most 70 kB) | ${kilobytes(own)} |`,
    `| Firebase | ${kilobytes(shares.Firebase)} |`,
    `| Preact | ${kilobytes(shares.Preact)} |`,
    ...(shares['other packages'] > 0 ? [`| other packages | ${kilobytes(shares['other packages'])} |`] : []),
    '',
  ].join('\n')
}
