import { isPlainObject } from '../../answers/answer-json.ts'
import { type Box2d, ordered, overlap } from '../../document/box.ts'
import { coordinates } from './read-box.ts'

/** x first, in 0 to 1000 of the image. */
export type Point = readonly [x: number, y: number]
export type Ring = readonly Point[]

/** The rings of an outline in the model's order of coordinates. `named`: the points name x and y. */
export type Outline = { rings: Ring[]; named: boolean }

const MAX_POINTS = 2000
/** An outline roughly fills its box. With a lower IoU, it belongs to another object. */
const MIN_IOU = 0.25

/**
 * An outline in any form that models give: points as [x, y] or {x, y}, in one list or one list per ring, or a
 * flat list of numbers.
 * @returns undefined if the value is not an outline or has more than 2000 points
 */
export function readOutline(value: unknown): Outline | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > 2 * MAX_POINTS) return undefined
  const list: unknown[] = value
  const ring = readRing(list)
  if (ring) return { rings: [ring.points], named: ring.named }
  const rings: Ring[] = []
  let points = 0
  let named = true
  for (const element of list) {
    const inner = Array.isArray(element) ? readRing(element) : undefined
    if (!inner) return undefined
    points += inner.points.length
    if (points > MAX_POINTS) return undefined
    named &&= inner.named
    rings.push(inner.points)
  }
  return { rings, named }
}

function readRing(list: unknown[]): { points: Ring; named: boolean } | undefined {
  if (list.length > 2 * MAX_POINTS) return undefined
  const named = list.every((point) => isPlainObject(point) && 'x' in point && 'y' in point)
  const flat = named
    ? (list as { x: unknown; y: unknown }[]).flatMap(({ x, y }) => [x, y])
    : list.every((point) => Array.isArray(point) && point.length === 2)
      ? list.flat()
      : list
  if (flat.length < 6 || flat.length % 2 !== 0 || flat.length > 2 * MAX_POINTS) return undefined
  const numbers = coordinates(flat)
  if (!numbers) return undefined
  const points: Point[] = []
  for (let i = 0; i < numbers.length; i += 2) points.push([numbers[i]!, numbers[i + 1]!])
  return { points, named }
}

/**
 * The rings with x first. Some models give y first, as in their boxes. The order that fits the box better is
 * right.
 * @returns undefined if neither order fits the box
 */
export function orient({ rings, named }: Outline, box2d: Box2d): Ring[] | undefined {
  const swapped = rings.map((ring) => ring.map(([x, y]): Point => [y, x]))
  const asGiven = overlap(boundsOf(rings), box2d)
  // If both fit equally, x is first, as the prompt asks.
  const yFirst = !named && overlap(boundsOf(swapped), box2d) > asGiven
  const best = yFirst ? overlap(boundsOf(swapped), box2d) : asGiven
  if (best < MIN_IOU) return undefined
  return yFirst ? swapped : rings
}

/** The box around rings whose points have x first. */
export function boundsOf(rings: readonly Ring[]): Box2d {
  const [xs, ys] = [
    rings.flatMap((ring) => ring.map(([x]) => x)),
    rings.flatMap((ring) => ring.map(([, y]) => y)),
  ]
  return ordered([Math.min(...ys), Math.min(...xs), Math.max(...ys), Math.max(...xs)])
}
