import sharp from 'sharp'

/** Everything is in pixels of the upright picture, origin top left. */
export type Shape =
  | { kind: 'circle'; colour: string; cx: number; cy: number; radius: number }
  | { kind: 'ellipse'; colour: string; cx: number; cy: number; rx: number; ry: number }
  | { kind: 'rectangle' | 'square'; colour: string; x: number; y: number; width: number; height: number }
  | { kind: 'triangle'; colour: string; points: [number, number][] }

export type Scene = { width: number; height: number; background: string; shapes: Shape[] }

/** What an annotation of a shape should say: label, tight pixel box, and one byte (0 or 1) a pixel of the picture. */
export type Truth = {
  label: string
  box: { x: number; y: number; width: number; height: number }
  mask: Uint8Array
}

const COLOURS: Record<string, [number, number, number]> = {
  red: [214, 39, 40],
  orange: [255, 140, 0],
  yellow: [245, 215, 40],
  green: [44, 150, 60],
  blue: [31, 90, 200],
  purple: [128, 40, 160],
  pink: [240, 130, 180],
  brown: [120, 72, 40],
  black: [15, 15, 15],
  white: [250, 250, 250],
  grey: [128, 128, 128],
}

/** A landscape scene of four well separated shapes, whose upright sides differ, so that no turn can hide. */
export const FOUR_SHAPES: Scene = {
  width: 1200,
  height: 800,
  background: 'white',
  shapes: [
    { kind: 'circle', colour: 'red', cx: 260, cy: 230, radius: 130 },
    { kind: 'rectangle', colour: 'blue', x: 620, y: 120, width: 420, height: 200 },
    {
      kind: 'triangle',
      colour: 'green',
      points: [
        [180, 700],
        [460, 700],
        [320, 450],
      ],
    },
    { kind: 'square', colour: 'orange', x: 760, y: 470, width: 230, height: 230 },
  ],
}

export async function drawScene(scene: Scene): Promise<{ png: Buffer; truths: Truth[] }> {
  const { width, height } = scene
  const pixels = Buffer.alloc(width * height * 3)
  const background = rgb(scene.background)
  for (let i = 0; i < width * height; i++) pixels.set(background, i * 3)
  const truths = scene.shapes.map((shape) => paint(shape, pixels, width, height))
  const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
  return { png, truths }
}

/**
 * Stores the picture turned as a camera would, with the EXIF orientation (1 to 8) that turns it upright again.
 * Pixel by pixel after the definition (which side of the scene the first stored row and column are), so that no library's idea of
 * a turn is checked against itself. CIPA DC-008 (Exif 3.0), 4.6.5, Orientation.
 */
export async function withOrientation(png: Buffer, orientation: number): Promise<Buffer> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const [right, bottom] = [info.width - 1, info.height - 1]
  const uprightOf: Record<number, (column: number, row: number) => [x: number, y: number]> = {
    1: (column, row) => [column, row],
    2: (column, row) => [right - column, row],
    3: (column, row) => [right - column, bottom - row],
    4: (column, row) => [column, bottom - row],
    5: (column, row) => [row, column],
    6: (column, row) => [right - row, column],
    7: (column, row) => [right - row, bottom - column],
    8: (column, row) => [row, bottom - column],
  }
  const upright = uprightOf[orientation]
  if (!upright)
    throw new RangeError(`Cannot store a picture with orientation ${orientation}, it must be 1 to 8`)
  const [width, height] = orientation < 5 ? [info.width, info.height] : [info.height, info.width]
  const stored = Buffer.alloc(data.length)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [x, y] = upright(column, row)
      data.copy(stored, (row * width + column) * 3, (y * info.width + x) * 3, (y * info.width + x) * 3 + 3)
    }
  }
  return sharp(stored, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
    .withMetadata({ orientation })
    .toBuffer()
}

/** Intersection over union of two masks of one byte (0 or not) a pixel. */
export function maskIoU(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length)
    throw new RangeError(`Cannot compare masks of ${a.length} and ${b.length} pixels`)
  let intersection = 0
  let union = 0
  for (let i = 0; i < a.length; i++) {
    if (a[i] && b[i]) intersection++
    if (a[i] || b[i]) union++
  }
  return union === 0 ? 1 : intersection / union
}

function paint(shape: Shape, pixels: Buffer, width: number, height: number): Truth {
  const colour = rgb(shape.colour)
  const mask = new Uint8Array(width * height)
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const alpha = coverage(shape, x, y)
      if (alpha === 0) continue
      const at = (y * width + x) * 3
      for (let c = 0; c < 3; c++)
        pixels[at + c] = Math.round(pixels[at + c]! * (1 - alpha) + colour[c]! * alpha)
      if (alpha < 0.5) continue
      mask[y * width + x] = 1
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  }
  const box = { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }
  return { label: `${shape.colour} ${shape.kind}`, box, mask }
}

/** How much of a pixel a shape covers, 0 to 1. The shapes are convex, so one that holds all corners holds the pixel. */
function coverage(shape: Shape, x: number, y: number): number {
  const corners = [
    contains(shape, x, y),
    contains(shape, x + 1, y),
    contains(shape, x, y + 1),
    contains(shape, x + 1, y + 1),
  ]
  if (corners.every(Boolean)) return 1
  if (!corners.some(Boolean)) return 0
  const samples = 4
  let covered = 0
  for (let s = 0; s < samples * samples; s++) {
    const [dx, dy] = [((s % samples) + 0.5) / samples, (Math.floor(s / samples) + 0.5) / samples]
    if (contains(shape, x + dx, y + dy)) covered++
  }
  return covered / (samples * samples)
}

function contains(shape: Shape, x: number, y: number): boolean {
  switch (shape.kind) {
    case 'circle':
      return (x - shape.cx) ** 2 + (y - shape.cy) ** 2 <= shape.radius ** 2
    case 'ellipse':
      return ((x - shape.cx) / shape.rx) ** 2 + ((y - shape.cy) / shape.ry) ** 2 <= 1
    case 'rectangle':
    case 'square':
      return x >= shape.x && x <= shape.x + shape.width && y >= shape.y && y <= shape.y + shape.height
    case 'triangle': {
      const sides = shape.points.map(([x1, y1], i) => {
        const [x2, y2] = shape.points[(i + 1) % 3]!
        return (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
      })
      return sides.every((side) => side >= 0) || sides.every((side) => side <= 0)
    }
  }
}

function rgb(name: string): [number, number, number] {
  const colour = COLOURS[name]
  if (!colour)
    throw new RangeError(`Cannot draw in ${name}, the colours are ${Object.keys(COLOURS).join(', ')}`)
  return colour
}
