import { chipWidth, placeChips } from '../viewer/chip-places.ts'
import type { Mark } from '../viewer/marks.ts'
import { openCanvas } from './pictures.ts'

type Size = { width: number; height: number }
type Parts = {
  photo: CanvasImageSource
  /** The size of the result. */
  size: Size
  /** The size to which boxes refer. */
  image: Size
  overlay: CanvasImageSource | undefined
  marks: readonly Mark[]
}

/** Masks are 35 % opaque. The colours of the overlay have an alpha of 128. */
const OVERLAY_OPACITY = 0.35 / (128 / 255)
/** Lines and labels have the size that they would have on a photo of 1000 pixels. */
const DESIGN_SIDE = 1000
const CHIP = { height: 20, padding: 7, radius: 5, font: '600 12px system-ui, sans-serif' }

/** Draws the photo with masks, boxes and labels, as the page shows them. */
export function drawAnnotated({ photo, size, image, overlay, marks }: Parts): CanvasRenderingContext2D {
  const pen = openCanvas(size)
  pen.drawImage(photo, 0, 0, size.width, size.height)
  if (overlay) {
    pen.globalAlpha = OVERLAY_OPACITY
    pen.imageSmoothingEnabled = size.width !== image.width
    pen.drawImage(overlay, 0, 0, size.width, size.height)
    pen.globalAlpha = 1
  }
  const unit = Math.max(size.width, size.height) / DESIGN_SIDE
  pen.scale(unit, unit)
  const frame = { width: size.width / unit, height: size.height / unit }
  const scale = frame.width / image.width
  const placed = marks.map((mark) => ({ ...mark, box: scaled(mark.box, scale) }))
  for (const { box, colour } of placed) {
    strokeBox(pen, box, `color-mix(in srgb, ${colour.ink} 55%, transparent)`, 4)
    strokeBox(pen, box, colour.fill, 2)
  }
  drawChips(pen, placed, frame)
  return pen
}

type Box = Size & { x: number; y: number }

function scaled({ x, y, width, height }: Box, scale: number): Box {
  return { x: x * scale, y: y * scale, width: width * scale, height: height * scale }
}

function strokeBox(pen: CanvasRenderingContext2D, { x, y, width, height }: Box, style: string, line: number) {
  pen.strokeStyle = style
  pen.lineWidth = line
  pen.strokeRect(x, y, width, height)
}

/** A label without free space is left out. */
function drawChips(pen: CanvasRenderingContext2D, marks: readonly Mark[], frame: Size): void {
  const { height } = CHIP
  const chips = marks.map(({ label, box }) => ({
    box,
    width: Math.min(chipWidth(label), frame.width),
    height,
  }))
  const places = placeChips(chips, frame)
  pen.font = CHIP.font
  pen.textBaseline = 'middle'
  for (const [index, { label, colour }] of marks.entries()) {
    const { x, y, isFree } = places[index]!
    if (!isFree) continue
    const { width } = chips[index]!
    pen.fillStyle = colour.fill
    pen.beginPath()
    pen.roundRect(x, y, width, CHIP.height, CHIP.radius)
    pen.fill()
    pen.fillStyle = colour.ink
    pen.fillText(label, x + CHIP.padding, y + CHIP.height / 2, width - 2 * CHIP.padding)
  }
}
