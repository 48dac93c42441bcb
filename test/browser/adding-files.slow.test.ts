import type { Browser, Route } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { launchBrowser } from '../support/browser.ts'
import { drawScene, FOUR_SHAPES } from '../support/scene.ts'
import { userOf, writeFiles, writePhoto } from '../support/written-photo.ts'
import { FiresightPage, waitForCount } from './firesight-page.ts'

/* Which dropped, pasted and taken pictures are uploaded. No upload ends, so that no function runs. */

let browser: Browser
let visit: FiresightPage
let png: Buffer
let photo: Annotation
let photoId: string
let held: Route[]

beforeAll(async () => {
  ;({ png } = await drawScene(FOUR_SHAPES))
  browser = await launchBrowser()
  visit = await FiresightPage.open(browser, async (context) => {
    await context.addInitScript(drawnCamera)
  })
  const { page } = visit
  page.on('dialog', async (dialog) => dialog.accept()) // Leaving the page during an upload.
  photo = await writeFiles((await userOf(page)).uid)
  photoId = await writePhoto(photo, 'first')
  await writePhoto(photo, 'second')
  await page.route(/\/v0\/b\/[^/]+\/o\?/, async (route) => {
    if (route.request().method() === 'POST') held.push(route)
    else await route.continue()
  })
})
beforeEach(async () => {
  held = []
  await visit.page.evaluate(() => localStorage.clear())
  await visit.show(photoId)
})
afterAll(async () => {
  await visit?.page.unrouteAll({ behavior: 'ignoreErrors' })
  await visit?.close()
  await browser?.close()
})

/** Runs in the page: a camera that shows a drawing. */
function drawnCamera(): void {
  const open = async () => {
    const canvas = document.createElement('canvas')
    canvas.getContext('2d')!.fillRect(0, 0, 100, 100)
    return canvas.captureStream(10)
  }
  Object.defineProperty(navigator, 'mediaDevices', { value: { getUserMedia: open } })
}

/** Pastes into the focused element. */
async function paste(text: string | undefined): Promise<void> {
  await visit.page.evaluate(
    ({ base64, words }) => {
      const clipboardData = new DataTransfer()
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
      clipboardData.items.add(new File([bytes], 'image.png', { type: 'image/png' }))
      if (words !== undefined) clipboardData.items.add(words, 'text/plain')
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
      document.activeElement!.dispatchEvent(event)
    },
    { base64: png.toString('base64'), words: text },
  )
}

/** Waits as long as an upload needs to start. @returns the number of uploads */
async function uploads(): Promise<number> {
  await visit.page.waitForTimeout(700)
  return held.length
}
const rememberedNames = async () =>
  visit.page.evaluate(() =>
    Object.entries(localStorage)
      .filter(([key]) => key.startsWith('firesight-upload:'))
      .map(([, text]) => (JSON.parse(text as string) as { name: string }).name),
  )

describe('a picture', () => {
  it('that is pasted is uploaded, but not the picture of a text that is pasted into a field', async () => {
    const field = visit.page.getByRole('textbox', { name: 'Your question' })
    await field.focus()
    await paste('A table from an office program')
    expect(await uploads()).toBe(0)
    await paste(undefined)
    await expect.poll(() => held.length).toBe(1)
    await expect.poll(() => visit.imageId).not.toBe(photoId)
  })

  it('that is dropped on an open dialog is not uploaded', async () => {
    await visit.page.keyboard.press('?')
    await visit.page.getByRole('dialog').waitFor()
    await visit.drop('dropped.png', 'image/png', png)
    expect(await uploads()).toBe(0)
    await visit.page.keyboard.press('Escape')
    await visit.page.getByRole('dialog').waitFor({ state: 'detached' })
    await visit.drop('dropped.png', 'image/png', png)
    await expect.poll(() => held.length).toBe(1)
  })

  it('that is dragged within the page is not uploaded', async () => {
    const { page } = visit
    const dragged = await page.evaluateHandle(() => {
      const targets: string[] = []
      addEventListener('dragstart', ({ target }) => targets.push((target as Element).className))
      return targets
    })
    const { x, y, width, height } = (await visit.photo.boundingBox())!
    await page.mouse.move(x + width / 4, y + height / 4)
    await page.mouse.down()
    await page.mouse.move(x + width / 2, y + height / 2, { steps: 5 })
    await page.mouse.up()
    expect(await uploads()).toBe(0)
    // Browsers make a file of a dragged picture.
    expect(await dragged.jsonValue()).toEqual([])
    expect(visit.imageId).toBe(photoId)
  })

  it('that is taken with a double click is uploaded once', async () => {
    const { page } = visit
    await page.getByRole('button', { name: 'Take a photo' }).click()
    await page.getByRole('button', { name: 'Take photo' }).dblclick()
    await expect.poll(() => held.length).toBe(1)
    expect(await uploads()).toBe(1)
  })
})

describe('a picture that is dropped on the dialog of a comparison', () => {
  const drop = async () => {
    const { page } = visit
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    await page.getByRole('dialog').waitFor()
    await visit.drop('picked.png', 'image/png', png)
    await expect.poll(rememberedNames).toEqual(['picked.png'])
    const names = async () => page.locator('.picker-uploads li').allTextContents()
    await expect.poll(names).toEqual(['picked.png'])
    expect(await uploads()).toBe(1)
    expect(visit.imageId).toBe(photoId)
  }

  it('is uploaded there, until the dialog is closed', async () => {
    await drop()
    await visit.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await expect.poll(rememberedNames).toEqual([])
  })

  it('is named as unfinished if the page is closed during the upload', async () => {
    const { page } = visit
    await drop()
    const loaded = page.waitForEvent('load')
    await page.evaluate(() => location.reload())
    await loaded
    await visit.waitForStatus('succeeded')
    await page.getByRole('link', { name: 'Firesight, start page' }).click()
    await page.getByText('Upload did not finish: picked.png. Add the file again.').waitFor()
    await waitForCount(page.locator('.upload-row'), 1)
  })
})
