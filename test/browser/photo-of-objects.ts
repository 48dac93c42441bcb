import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'
import { FiresightPage } from './firesight-page.ts'

/** Only the prompt for objects names this key. */
const TO_LOCATE = { textIncludes: 'box_2d' }

/* All numbers are thousandths of the photo's sides. The wedges are the two halves of one rectangle. */
const rectangle = (left: number, top: number, right: number, bottom: number) => ({
  box_2d: [top, left, bottom, right],
  mask: [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ],
})
const WEDGES = [100, 100, 400, 500] as const
export const OBJECTS = [
  { label: 'room', ...rectangle(0, 0, 1000, 1000) },
  { label: 'upper wedge', ...rectangle(...WEDGES), mask: [[100, 100], [400, 100], [100, 500]] }, // biome-ignore format: points
  { label: 'lower wedge', ...rectangle(...WEDGES), mask: [[400, 100], [400, 500], [100, 500]] }, // biome-ignore format: points
  { label: 'table', ...rectangle(100, 550, 900, 950) },
  { label: 'cup', ...rectangle(300, 600, 500, 800) },
]
export const [UPPER, LOWER, TABLE, CUP, ROOM] = [
  [0.15, 0.15],
  [0.37, 0.45],
  [0.2, 0.9],
  [0.4, 0.7],
  [0.7, 0.3],
] as const
export type Place = readonly [x: number, y: number]

/** Alpha of the masks, of dimmed pixels, and of the pixels of the highlighted object. */
export const [MASK, DIMMED, CLEAR] = [Math.round(0.35 * 255), Math.round(0.6 * 255), 0]

let browser: Browser
let png: Buffer
let imageId: string
/** The page with the photo, for `usePhotoOfObjects`. */
export let visit: FiresightPage

/** The tests of a file share the page of a photo with OBJECTS. Each test starts with the reloaded page. */
export function usePhotoOfObjects(): void {
  beforeAll(async () => {
    ;({ png } = await drawScene(OWN_SHAPES))
    browser = await launchBrowser()
    visit = await openPhotoOfObjects()
    imageId = visit.imageId
  })
  beforeEach(async () => visit.show(imageId))
  afterAll(async () => {
    await gemini.reset()
    await visit?.close()
    await browser?.close()
  })
}

/** Annotates the photo as a new user. */
export async function openPhotoOfObjects(
  context?: Parameters<typeof FiresightPage.open>[2],
): Promise<FiresightPage> {
  await gemini.reset()
  await gemini.script({ match: TO_LOCATE, reply: { text: JSON.stringify(OBJECTS) } })
  const opened = await FiresightPage.open(browser, undefined, context)
  await opened.annotate(png)
  await gemini.reset()
  return opened
}

/** The alpha of the canvas over the masks at a place of the photo. */
export const alphaAt = async ([x, y]: Place, on = visit): Promise<number> =>
  on.overlay.evaluate(
    (canvas: HTMLCanvasElement, place) => {
      const photo = document.querySelector('.stage-photo')!.getBoundingClientRect()
      const frame = canvas.getBoundingClientRect()
      const column = ((photo.left + place.x * photo.width - frame.left) / frame.width) * canvas.width
      const row = ((photo.top + place.y * photo.height - frame.top) / frame.height) * canvas.height
      return canvas.getContext('2d')!.getImageData(Math.floor(column), Math.floor(row), 1, 1).data[3]!
    },
    { x, y },
  )
/** The place of the page that shows a place of the photo. */
export const pointOf = async ([x, y]: Place, on = visit) => {
  const photo = (await on.photo.boundingBox())!
  return [photo.x + x * photo.width, photo.y + y * photo.height] as const
}
export const row = (label: string, on = visit) =>
  on.page.getByRole('button', { name: new RegExp(`^${label}`) })
