/** The place of a tile on the page. */
export type Place = { left: number; top: number }

/**
 * The tile to focus after a key, or undefined if the key does not move the focus. Up and Down go to the
 * nearest tile of the next row, which may belong to another day.
 */
export function tileAfterKey(places: readonly Place[], index: number, key: string): number | undefined {
  const last = places.length - 1
  const current = places[index]
  if (!current) return undefined
  switch (key) {
    case 'ArrowLeft':
      return Math.max(index - 1, 0)
    case 'ArrowRight':
      return Math.min(index + 1, last)
    case 'Home':
      return 0
    case 'End':
      return last
    case 'ArrowUp':
      return nearest(places, current, (place) => place.top < current.top, Math.max) ?? index
    case 'ArrowDown':
      return nearest(places, current, (place) => place.top > current.top, Math.min) ?? index
    default:
      return undefined
  }
}

function nearest(
  places: readonly Place[],
  { left }: Place,
  isBeyond: (place: Place) => boolean,
  choose: (...tops: number[]) => number,
): number | undefined {
  const tops = places.filter(isBeyond).map(({ top }) => top)
  if (tops.length === 0) return undefined
  const row = tops.reduce((best, top) => choose(best, top))
  const distances = places.map((place) => (place.top === row ? Math.abs(place.left - left) : Infinity))
  return distances.indexOf(Math.min(...distances))
}
