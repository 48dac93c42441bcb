import type { Locator, Page } from 'playwright-core'
import sharp from 'sharp'

type Point = { x: number; y: number }

/** Frames of an action that moves or waits. */
const FRAME_MS = 120
const POINTER_STEPS = 6
/** A longer wait is cut: it belongs to the machine, not to the product. */
const LONGEST_WAIT_MS = 3000
/** A pointer that Chromium does not draw into screenshots. */
const POINTER = 'M2 1 L2 19 L6.6 14.8 L9.6 21.6 L12.6 20.3 L9.7 13.7 L16 13.4 Z'

/** Records a page as screenshots with a drawn pointer, and joins them to an animation. */
export class Recorder {
  private readonly page: Page
  private readonly frames: Buffer[] = []
  private readonly delaysMs: number[] = []
  private at: Point

  private constructor(page: Page, at: Point) {
    this.page = page
    this.at = at
  }

  /** The pointer starts near the lower right corner. */
  static async start(page: Page): Promise<Recorder> {
    const { width, height } = page.viewportSize()!
    const recorder = new Recorder(page, { x: width * 0.8, y: height * 0.85 })
    await recorder.showPointer(false)
    return recorder
  }

  /** Shows the page for some time. */
  async hold(ms: number): Promise<void> {
    await this.frame(ms)
  }

  async moveTo(target: Locator): Promise<void> {
    await target.scrollIntoViewIfNeeded()
    const box = await target.boundingBox()
    if (!box) throw new Error(`Cannot point at ${target.toString()}: it is not visible`)
    await this.move({ x: box.x + Math.min(box.width / 2, 120), y: box.y + box.height / 2 })
  }

  /** To the lower left corner, where it points at nothing. */
  async moveAside(): Promise<void> {
    await this.move({ x: 40, y: this.page.viewportSize()!.height - 40 })
  }

  private async move(to: Point): Promise<void> {
    const from = this.at
    for (let step = 1; step <= POINTER_STEPS; step++) {
      const part = (1 - Math.cos((Math.PI * step) / POINTER_STEPS)) / 2
      this.at = { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
      await this.page.mouse.move(this.at.x, this.at.y)
      await this.showPointer(false)
      await this.frame(FRAME_MS / 2)
    }
  }

  async click(target: Locator): Promise<void> {
    await this.moveTo(target)
    await this.showPointer(true)
    await this.frame(FRAME_MS * 2)
    await this.page.mouse.click(this.at.x, this.at.y)
    await this.showPointer(false)
    await this.frame(FRAME_MS)
  }

  /** Types into the focused field, a few characters a frame. */
  async type(text: string): Promise<void> {
    for (let at = 0; at < text.length; at += 3) {
      await this.page.keyboard.insertText(text.slice(at, at + 3))
      await this.frame(FRAME_MS)
    }
    await this.frame(FRAME_MS * 3)
  }

  /** Records until the work has ended. */
  async during(work: Promise<void>): Promise<void> {
    const progress = { hasEnded: false }
    const end = work.finally(() => {
      progress.hasEnded = true
    })
    // The failure is reported below, after the last frame.
    end.catch(() => undefined)
    let shownMs = 0
    while (!progress.hasEnded) {
      const before = performance.now()
      const changed = await this.frame(FRAME_MS)
      const tookMs = performance.now() - before
      if (changed || shownMs < LONGEST_WAIT_MS) shownMs += FRAME_MS
      else this.drop(FRAME_MS)
      if (tookMs < FRAME_MS) await this.page.waitForTimeout(FRAME_MS - tookMs)
    }
    await end
  }

  async finish(): Promise<Buffer> {
    return sharp(this.frames, { join: { animated: true } })
      .webp({ delay: this.delaysMs, loop: 0, quality: 72, effort: 5, minSize: true, mixed: true })
      .toBuffer()
  }

  /** @returns whether it differs from the last frame, which otherwise is shown for longer */
  private async frame(ms: number): Promise<boolean> {
    const png = await this.page.screenshot({ animations: 'disabled', caret: 'hide' })
    const last = this.frames.length - 1
    if (last >= 0 && png.equals(this.frames[last]!)) {
      this.delaysMs[last]! += ms
      return false
    }
    this.frames.push(png)
    this.delaysMs.push(ms)
    return true
  }

  private drop(ms: number): void {
    this.delaysMs[this.delaysMs.length - 1]! -= ms
  }

  private async showPointer(isPressed: boolean): Promise<void> {
    await this.page.evaluate(
      ({ x, y, pressed, path }) => {
        let pointer = document.querySelector<SVGElement>('#recorded-pointer')
        if (!pointer) {
          pointer = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
          pointer.id = 'recorded-pointer'
          pointer.setAttribute('viewBox', '0 0 24 24')
          const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path')
          shape.setAttribute('d', path)
          shape.setAttribute('fill', '#fff')
          shape.setAttribute('stroke', '#111')
          shape.setAttribute('stroke-width', '1.5')
          pointer.append(shape)
          Object.assign(pointer.style, {
            position: 'fixed',
            width: '24px',
            height: '24px',
            zIndex: '2147483647',
            pointerEvents: 'none',
          })
        }
        // The top layer of a dialog would cover it elsewhere.
        const dialogs = document.querySelectorAll('dialog[open]')
        ;(dialogs[dialogs.length - 1] ?? document.body).append(pointer)
        Object.assign(pointer.style, {
          left: `${x - 2}px`,
          top: `${y - 1}px`,
          transform: pressed ? 'scale(.85)' : '',
        })
      },
      { ...this.at, pressed: isPressed, path: POINTER },
    )
  }
}
