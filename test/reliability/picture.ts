import { drawScene, type Truth } from '../support/scene.ts'

/** Colours that stay one region with the same name in a small JPEG. */
const COLOURS = ['red', 'blue', 'green', 'purple', 'brown', 'black', 'pink'] as const
const PLACES = { x: 20, y: 12, width: 6, height: 5 }
const ALL = COLOURS.length * PLACES.x * PLACES.y * PLACES.width * PLACES.height

/** An image and the truth about it. */
export type Picture = { png: Buffer; truth: Truth; colour: string }

/** 160 x 120 pixels with a rectangle whose colour, place and size are unique for `number`. */
export async function drawPicture(number: number): Promise<Picture> {
  if (number >= ALL) throw new RangeError(`There are ${ALL} different pictures`)
  // A prime that divides none of the counts, so that consecutive images differ in all properties.
  let code = (number * 7919) % ALL
  const digit = (base: number) => {
    const value = code % base
    code = Math.floor(code / base)
    return value
  }
  const colour = COLOURS[digit(COLOURS.length)]!
  const height = 24 + 3 * digit(PLACES.height)
  // Never nearly a square.
  const width = height + 22 + 3 * digit(PLACES.width)
  const [x, y] = [6 + 3 * digit(PLACES.x), 6 + 4 * digit(PLACES.y)]
  const shape = { kind: 'rectangle', colour, x, y, width, height } as const
  const { png, truths } = await drawScene({ width: 160, height: 120, background: 'white', shapes: [shape] })
  return { png, truth: truths[0]!, colour }
}
