/** All coordinates are in displayed pixels, origin at the top left of the photo. */
type Size = { width: number; height: number }
type Rectangle = Size & { x: number; y: number }

/** `isFree`: the chip overlaps no other chip. */
type ChipPlace = { x: number; y: number; isFree: boolean }

/** The height of a chip and its horizontal padding, as in stage.css. */
export const CHIP_HEIGHT = 20
const CHIP_PADDING = 14
const CHIP_FONT = '600 12px system-ui, sans-serif'

let context: CanvasRenderingContext2D | null | undefined

/** The width of the chip of a label. */
export function chipWidth(label: string): number {
  context ??= document.createElement('canvas').getContext('2d')
  if (!context) return label.length * 8 + CHIP_PADDING
  context.font = CHIP_FONT
  return Math.ceil(context.measureText(label).width) + CHIP_PADDING
}

/**
 * Places each chip at its box, within the picture and, if possible, without overlap. Large boxes are placed
 * first.
 */
export function placeChips(chips: readonly (Size & { box: Rectangle })[], picture: Size): ChipPlace[] {
  const places: ChipPlace[] = []
  const taken: Rectangle[] = []
  const order = chips.map((_, index) => index).toSorted((a, b) => area(chips[b]!.box) - area(chips[a]!.box))
  for (const index of order) {
    const { box, ...chip } = chips[index]!
    const candidates = candidatesFor(box, chip, picture)
    const free = candidates.find((candidate) => !taken.some((other) => overlap(candidate, other)))
    const { x, y } = free ?? candidates[0]!
    if (free) taken.push(free)
    places[index] = { x, y, isFree: free !== undefined }
  }
  return places
}

/**
 * Best first: above the box, inside at the top, below it, inside at the bottom; left-aligned, then
 * right-aligned.
 */
function candidatesFor(box: Rectangle, { width, height }: Size, picture: Size): Rectangle[] {
  const right = box.x + box.width - width
  const rows = [box.y - height, box.y, box.y + box.height, box.y + box.height - height]
  const fitting = rows.filter((y) => y >= 0 && y + height <= picture.height)
  return (fitting.length > 0 ? fitting : [0]).flatMap((y) =>
    [box.x, right].map((x) => ({
      x: Math.max(Math.min(x, picture.width - width), 0),
      y,
      width,
      height,
    })),
  )
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

function area({ width, height }: Size): number {
  return width * height
}
