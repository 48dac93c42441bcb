import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { startInEmulators } from '../../docs/examples/start-in-emulators.ts'
import type { annotate } from '../../docs/examples/upload.ts'
import { emulator } from '../support/app.ts'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'

/** The global that the page's script defines. */
declare const app: {
  startInEmulators: typeof startInEmulators
  annotate: typeof annotate
  firesight: Awaited<ReturnType<typeof startInEmulators>>
  photo: Blob
  path: string
}

let browser: Browser
let page: Page
const pageErrors: string[] = []

/** A bundled app: the client, the official Firebase SDK, and two of the examples. */
async function bundleApp(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { startInEmulators } from '../../docs/examples/start-in-emulators.ts'
export { annotate } from '../../docs/examples/upload.ts'`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    format: 'iife',
    globalName: 'bundled',
    footer: { js: 'globalThis.app = { ...bundled }' },
    write: false,
  })
  return outputFiles[0]!.text
}

beforeAll(async () => {
  const [{ png }, script] = await Promise.all([drawScene(OWN_SHAPES), bundleApp()])
  browser = await launchBrowser()
  page = await browser.newPage({ bypassCSP: true })
  page.on('pageerror', (error) => pageErrors.push(error.message))
  page.on('console', (message) => message.type() === 'error' && pageErrors.push(message.text()))
  // Any document of the web server will do: the script needs its origin.
  const { url } = emulator('FIRESIGHT_WEB_URL')
  await page.goto(`${url}/emulators.json`)
  await page.addScriptTag({ content: script })
  await page.evaluate(async (base64) => {
    const addresses = await (await fetch('/emulators.json')).json()
    app.firesight = await app.startInEmulators(addresses)
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    app.photo = new Blob([bytes], { type: 'image/png' })
    app.path = (await app.annotate(app.firesight, app.photo, () => {})).name
  }, png.toString('base64'))
})
afterAll(async () => {
  await gemini.reset()
  await browser?.close()
})
beforeEach(async () => gemini.reset())

describe('in a browser', () => {
  it('answerQuestion() streams its answer', async () => {
    const words = 'There are four shapes, and the largest of them is the blue rectangle at the top.'
    await gemini.script({
      match: { method: 'streamGenerateContent' },
      reply: { text: words, chunkDelayMs: 500 },
    })
    const { pieces, whole } = await page.evaluate(async () => {
      const answer = app.firesight.answerQuestion({ images: app.path, question: 'What is there?' })
      let isWhole = false
      void answer.then(() => (isWhole = true))
      const found: { text: string; isWhole: boolean }[] = []
      for await (const text of answer) found.push({ text, isWhole })
      return { pieces: found, whole: await answer }
    })
    expect(pieces.map(({ text }) => text).join('')).toBe(words)
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces[0]!.isWhole).toBe(false)
    expect(whole).toMatchObject({ answer: words, usage: { calls: 1 } })
  })

  it('answerQuestion() is cancelled', async () => {
    await gemini.script({
      match: { method: 'streamGenerateContent' },
      reply: { text: 'Words', delayMs: 60_000 },
    })
    const code = await page.evaluate(async () => {
      const stop = new AbortController()
      const request = { images: app.path, question: 'What is there?' }
      const answer = app.firesight.answerQuestion(request, { signal: stop.signal })
      setTimeout(() => stop.abort(), 100)
      return answer.then(
        () => 'answered',
        (error: { code: string }) => error.code,
      )
    })
    expect(code).toBe('cancelled')
  })

  it('compareImages() compares an upload with bytes', async () => {
    const result = await page.evaluate(async () =>
      app.firesight.compareImages({ images: [app.path, app.photo] }),
    )
    expect(result).toMatchObject({
      images: [{ width: OWN_SHAPES.width }, { width: OWN_SHAPES.width }],
      summary: expect.stringMatching(/\w/),
    })
  })

  it('detectObjects() finds masks that the browser can show', async () => {
    const sizes = await page.evaluate(async () => {
      const { objects } = await app.firesight.detectObjects({ image: app.photo, masks: true })
      return Promise.all(
        objects.map(async (object) => {
          const image = new Image()
          image.src = (await app.firesight.maskUrl(object)) ?? ''
          await image.decode()
          return [image.naturalWidth - object.box.width, image.naturalHeight - object.box.height]
        }),
      )
    })
    expect(sizes.length).toBeGreaterThan(0)
    expect(sizes).toEqual(sizes.map(() => [0, 0]))
  })

  it('describeImage() returns a caption', async () => {
    const { caption } = await page.evaluate(async () => app.firesight.describeImage({ image: app.path }))
    expect(caption).toMatch(/\w/)
  })

  it('annotateImage() does not run a finished photo again', async () => {
    const result = await page.evaluate(async () => app.firesight.annotateImage({ path: app.path }))
    expect(result).toMatchObject({ status: 'succeeded', ran: false })
  })

  it('the page reports no errors', () => {
    expect(pageErrors).toEqual([])
  })
})
