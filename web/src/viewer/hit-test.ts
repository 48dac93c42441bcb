import { type IndexMap, valueAt } from './index-map.ts'
import type { Mark } from './marks.ts'

/**
 * The object at a pixel of the photo: the one whose mask is on top there, or a smaller one without a mask whose
 * box contains the pixel. Without any, the object with the smallest box around the pixel.
 * @param hasMask whether the object at an index has a mask
 */
export function objectAt(
  { x, y }: { x: number; y: number },
  marks: readonly Mark[],
  map: IndexMap | undefined,
  hasMask: (index: number) => boolean,
): number | null {
  const around = marks
    .filter(({ box }) => x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height)
    .toSorted((a, b) => a.box.width * a.box.height - b.box.width * b.box.height)
  const top = map ? valueAt(map, x, y) - 1 : -1
  const seen = around.find(({ of }) => of === top || !map || !hasMask(of))
  return (seen ?? around[0])?.of ?? null
}
