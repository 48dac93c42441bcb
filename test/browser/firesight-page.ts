import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page, Request } from 'playwright-core'
import { expect, vi } from 'vitest'
import { emulator, PATIENCE_MS } from '../support/app.ts'
import { unwatchPage, watchPage } from '../support/failed-pages.ts'
import { rendered } from '../support/rendering.ts'

const VIEWPORT = { width: 1280, height: 900 }

/** The page in a browser profile of its own, and so with a user of its own. */
export class FiresightPage {
  readonly page: Page
  /** Console errors, exceptions, and requests to other machines. */
  private readonly problems: string[] = []
  /** The problems that tests expect. */
  private readonly ignored: RegExp[] = []
  /** What the page wrote to the console, and its calls, for failed tests. */
  private readonly log: string[] = []

  /** The URL of the last overlay that the page has loaded. */
  overlayUrl = ''

  private constructor(page: Page) {
    this.page = page
    page.on('request', (request) => {
      if (request.url().includes('overlay.png')) this.overlayUrl = request.url()
    })
    page.on('console', (message) => {
      this.log.push(`${message.type()}: ${message.text()}`)
      // A slow machine may take more than 10 s for the first answer; Firestore's SDK logs this and connects
      // later.
      const isSlow = message.text().includes('Could not reach Cloud Firestore backend')
      if (message.type() === 'error' && !isSlow) this.problems.push(`console: ${message.text()}`)
    })
    page.on('pageerror', (error) => this.problems.push(`exception: ${error.message}`))
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url())
      if (protocol.startsWith('http') && hostname !== '127.0.0.1' && hostname !== 'localhost')
        this.problems.push(`request to ${hostname}`)
    })
    const noteCall = (outcome: string) => (request: Request) => {
      if (request.method() === 'POST' && !request.url().includes('/google.firestore.'))
        this.log.push(`${new Date().toISOString()} ${new URL(request.url()).pathname} ${outcome}`)
    }
    page.on('request', noteCall('starts'))
    page.on('requestfinished', noteCall('ends'))
    page.on('requestfailed', noteCall('fails'))
    watchPage(page, this.log)
  }

  /** @param prepare runs before the page is loaded */
  static async open(
    browser: Browser,
    prepare: (context: BrowserContext) => Promise<void> = async () => {},
    options: BrowserContextOptions = {},
  ): Promise<FiresightPage> {
    const context = await browser.newContext({
      viewport: VIEWPORT,
      reducedMotion: 'reduce',
      ...options,
    })
    context.setDefaultTimeout(PATIENCE_MS)
    await prepare(context)
    const opened = new FiresightPage(await context.newPage())
    await opened.slowDown(Number(process.env.FIRESIGHT_SLOW_PAGE))
    await opened.page.goto(emulator('FIRESIGHT_WEB_URL').url)
    // Is shown when the page is signed in.
    await opened.page.getByRole('heading', { name: 'See what is in your photos' }).waitFor()
    return opened
  }

  /** Makes the code of the page slower, as on a machine with a slow processor. */
  private async slowDown(rate: number): Promise<void> {
    const session = rate > 1 && (await this.page.context().newCDPSession(this.page))
    if (session) await session.send('Emulation.setCPUThrottlingRate', { rate })
  }

  /** Waits for a problem that a test has caused. It may appear again. */
  async expectProblem(pattern: RegExp): Promise<void> {
    await vi.waitFor(
      () => {
        if (!this.problems.some((problem) => pattern.test(problem)))
          throw new Error(`The page reported no ${pattern.source}`)
      },
      { timeout: PATIENCE_MS },
    )
    this.ignoreProblems(pattern)
  }

  /** Ignores problems that a test may cause. */
  ignoreProblems(pattern: RegExp): void {
    this.ignored.push(pattern)
  }

  /** @throws Error if there was a console error, an exception or a request to another machine */
  async close(): Promise<void> {
    await unwatchPage(this.page, { isFailing: this.unexpected.length > 0 })
    await this.endListeners()
    await this.page.context().close()
    if (this.unexpected.length > 0) throw new Error(`The page had problems:\n${this.unexpected.join('\n')}`)
  }

  private get unexpected(): string[] {
    return this.problems.filter((problem) => !this.ignored.some((pattern) => pattern.test(problem)))
  }

  /**
   * The Firestore emulator keeps the listeners of a closed page and runs their queries after each write, so that
   * many pages make it slow. A page that is being left does not send the requests that would end them.
   */
  private async endListeners(): Promise<void> {
    const isListen = (url: string) => url.includes('/Listen/channel')
    const ended = this.page.waitForResponse(
      (response) => isListen(response.url()) && response.request().method() === 'POST',
      { timeout: 500 },
    )
    await Promise.allSettled([ended, this.page.evaluate(() => dispatchEvent(new Event('firesight-close')))])
  }

  /** Drops a file in the middle of the page. */
  async drop(name: string, type: string, bytes: Buffer): Promise<void> {
    await this.dropAll([{ name, type, bytes }])
  }

  /** Drops several files at once in the middle of the page. */
  async dropAll(files: readonly { name: string; type: string; bytes: Buffer }[]): Promise<void> {
    await this.page.evaluate(
      (given) => {
        const dataTransfer = new DataTransfer()
        for (const { name, type, base64 } of given) {
          const decoded = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
          dataTransfer.items.add(new File([decoded], name, { type }))
        }
        const target = document.elementFromPoint(innerWidth / 2, innerHeight / 2) ?? document.body
        for (const event of ['dragenter', 'dragover', 'drop'])
          target.dispatchEvent(new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true }))
      },
      files.map(({ name, type, bytes }) => ({ name, type, base64: bytes.toString('base64') })),
    )
  }

  async waitForStatus(status: string): Promise<void> {
    try {
      await this.page.locator(`[data-status="${status}"]`).waitFor()
    } catch (cause) {
      const shown = await this.page.locator('main').innerText()
      const log = this.log.slice(-60)
      throw new Error(`The photo is not ${status}:\n${shown}\nLog:\n${log.join('\n')}`, { cause })
    }
  }

  /** Adds a picture, and waits until the page shows the results. */
  async annotate(bytes: Buffer, name = 'four shapes.png', type = 'image/png'): Promise<void> {
    const before = this.imageId
    await this.drop(name, type, bytes)
    // Before, the page may show the results of another photo.
    await vi.waitFor(
      () => {
        if (['', before].includes(this.imageId)) throw new Error(`The page of ${name} did not open`)
      },
      { timeout: PATIENCE_MS },
    )
    await rendered(this.page)
    await this.waitForStatus('succeeded')
    await this.overlay.waitFor()
  }

  /** Loads the page again with an annotated photo, in its first size and colour scheme. */
  async show(imageId: string): Promise<void> {
    await this.page.setViewportSize(VIEWPORT)
    await this.page.emulateMedia({ colorScheme: 'light' })
    await this.page.evaluate((hash) => {
      location.hash = hash
    }, imageId)
    await this.page.reload()
    await this.waitForStatus('succeeded')
    await this.overlay.waitFor()
  }

  /** Opens the home page. Afterwards, the page that was left has written its state. */
  async goHome(): Promise<void> {
    await this.page.getByRole('link', { name: 'Firesight, start page' }).click()
    await this.thumbnails.first().waitFor()
    await rendered(this.page)
  }

  /** Stops the time for Undo, as long as the button has the focus. */
  async holdUndo(): Promise<void> {
    await this.page.getByRole('button', { name: 'Undo' }).focus()
  }

  /** The id of the user. The page stores the number of photos by it. */
  async uid(): Promise<string> {
    const prefix = 'firesight.photos.'
    await this.page.waitForFunction(
      (start) => Object.keys(localStorage).some((key) => key.startsWith(start)),
      prefix,
    )
    const keys = await this.page.evaluate(() => Object.keys(localStorage))
    return keys.find((key) => key.startsWith(prefix))!.slice(prefix.length)
  }

  get imageId(): string {
    return new URL(this.page.url()).hash.slice(1)
  }

  get photo(): Locator {
    return this.page.locator('.stage-photo')
  }

  get overlay(): Locator {
    return this.page.locator('canvas.masks')
  }

  get thumbnails(): Locator {
    return this.page.locator('.thumbnail')
  }

  box(label: string): Locator {
    return this.page.locator(`.box[data-label="${label}"] .box-line`)
  }

  /** The alpha value of the masks at every `step`th pixel of every `step`th row of the photo, 0 to 255. */
  async overlayAlpha(step: number): Promise<{ width: number; height: number; alpha: number[] }> {
    await this.overlay.waitFor()
    const size = await this.photo.evaluate((image: HTMLImageElement) => ({
      width: image.naturalWidth,
      height: image.naturalHeight,
    }))
    const alpha = await this.overlay.evaluate(
      (canvas: HTMLCanvasElement, { width, height, every }) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
        const values: number[] = []
        for (let y = 0; y < height; y += every)
          for (let x = 0; x < width; x += every) {
            const column = Math.floor(((x + 0.5) / width) * canvas.width)
            const row = Math.floor(((y + 0.5) / height) * canvas.height)
            values.push(data[(row * canvas.width + column) * 4 + 3]!)
          }
        return values
      },
      { ...size, every: step },
    )
    return { ...size, alpha }
  }
}

/** Waits until the page has as many elements of a kind. */
export async function waitForCount(elements: Locator, count: number): Promise<void> {
  await expect.poll(() => elements.count()).toBe(count)
}
