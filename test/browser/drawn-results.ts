import type { Locator } from 'playwright-core'
import { expect } from 'vitest'
import type { Truth } from '../support/scene.ts'
import type { FiresightPage } from './firesight-page.ts'

type Size = { width: number; height: number }
type Rectangle = { x: number; y: number; width: number; height: number }

/** Waits until the masks cover the shapes and nothing else, except for pixels at edges. */
export async function waitForMasks(visit: FiresightPage, truths: readonly Truth[]): Promise<void> {
  const step = 10
  const wrongShare = async () => {
    const { width, height, alpha } = await visit.overlayAlpha(step)
    let [index, wrong] = [0, 0]
    for (let y = 0; y < height; y += step)
      for (let x = 0; x < width; x += step) {
        const isShape = truths.some(({ mask }) => mask[y * width + x])
        if (isShape !== alpha[index++]! > 0) wrong++
      }
    return wrong / alpha.length
  }
  // The masks are drawn in the pixels of the screen.
  await expect.poll(wrongShare).toBeLessThan(0.01)
}

/** Waits until the box of each shape is within 1 % of the photo's sides of its true place. */
export async function waitForBoxes(
  visit: FiresightPage,
  truths: readonly Truth[],
  picture: Size,
): Promise<void> {
  await expect.poll(async () => misplaced(visit, truths, picture)).toEqual([])
}

/** The labels of shapes whose shown box has an edge more than 1 % of the photo's side away from the truth. */
async function misplaced(visit: FiresightPage, truths: readonly Truth[], picture: Size): Promise<string[]> {
  const labels: string[] = []
  for (const { label, box } of truths) {
    const shown = await edgesWithin(visit.box(label), visit.photo)
    if (edges(box, picture).some((edge, side) => Math.abs(edge - shown[side]!) > 0.01)) labels.push(label)
  }
  return labels
}

/** Left, top, right and bottom of an element, as fractions of the sides of another element. */
export async function edgesWithin(element: Locator, frame: Locator): Promise<number[]> {
  const [inner, outer] = await Promise.all([element.boundingBox(), frame.boundingBox()])
  if (!inner || !outer) throw new Error('Cannot compare positions: one of the elements is not visible')
  return edges({ ...inner, x: inner.x - outer.x, y: inner.y - outer.y }, outer)
}

/** Left, top, right and bottom of a rectangle, as fractions of a picture's sides. */
export function edges({ x, y, width, height }: Rectangle, picture: Size): number[] {
  return [x / picture.width, y / picture.height, (x + width) / picture.width, (y + height) / picture.height]
}
