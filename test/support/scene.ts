import sharp from 'sharp'

/** Everything is in pixels of the upright picture, origin top left. */
export type Shape =
  | { kind: 'circle'; colour: string; cx: number; cy: number; radius: number }
  | { kind: 'ellipse'; colour: string; cx: number; cy: number; rx: number; ry: number }
  | { kind: 'rectangle' | 'square'; colour: string; x: number; y: number; width: number; height: number }
  | { kind: 'triangle'; colour: string; points: [number, number][] }

export type Scene = { width: number; height: number; background: string; shapes: Shape[] }

/**
 * The expected annotation of a shape: label, tight pixel box, and one byte (0 or 1) per pixel of the picture.
 */
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

/** A landscape scene of four separate shapes. Its sides differ, so that a missing rotation is detected. */
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
  pixels.fill(Buffer.from(rgb(scene.background)))
  const truths = scene.shapes.map((shape) => paint(shape, pixels, width, height))
  const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
  return { png, truths }
}

/**
 * Rotates the picture as a camera stores it, with the EXIF orientation (1 to 8) that makes it upright again.
 * Works pixel by pixel from the definition of the orientations, so that no library is tested against itself.
 * CIPA DC-008 (Exif 3.0), 4.6.5, Orientation.
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

/** Intersection over union of two masks with one byte (0 or not) per pixel. */
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
  const [xMin, yMin, xMax, yMax] = extentOf(shape)
  const contains = containment(shape)
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = Math.max(0, Math.floor(yMin)); y < Math.min(height, Math.ceil(yMax)); y++) {
    for (let x = Math.max(0, Math.floor(xMin)); x < Math.min(width, Math.ceil(xMax)); x++) {
      const alpha = coverage(contains, x, y)
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

type Containment = (x: number, y: number) => boolean

/**
 * How much of a pixel a shape covers, 0 to 1. The shapes are convex, so one that contains all corners
 * contains the pixel.
 */
function coverage(contains: Containment, x: number, y: number): number {
  const corners =
    Number(contains(x, y)) +
    Number(contains(x + 1, y)) +
    Number(contains(x, y + 1)) +
    Number(contains(x + 1, y + 1))
  if (corners === 4) return 1
  if (corners === 0) return 0
  const samples = 4
  let covered = 0
  for (let s = 0; s < samples * samples; s++) {
    const dx = ((s % samples) + 0.5) / samples
    const dy = (Math.floor(s / samples) + 0.5) / samples
    if (contains(x + dx, y + dy)) covered++
  }
  return covered / (samples * samples)
}

function extentOf(shape: Shape): [xMin: number, yMin: number, xMax: number, yMax: number] {
  switch (shape.kind) {
    case 'circle':
      return extentOf({ ...shape, kind: 'ellipse', rx: shape.radius, ry: shape.radius })
    case 'ellipse':
      return [shape.cx - shape.rx, shape.cy - shape.ry, shape.cx + shape.rx, shape.cy + shape.ry]
    case 'rectangle':
    case 'square':
      return [shape.x, shape.y, shape.x + shape.width, shape.y + shape.height]
    case 'triangle': {
      const [xs, ys] = [shape.points.map(([x]) => x), shape.points.map(([, y]) => y)]
      return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
    }
  }
}

function containment(shape: Shape): Containment {
  switch (shape.kind) {
    case 'circle':
      return (x, y) => (x - shape.cx) ** 2 + (y - shape.cy) ** 2 <= shape.radius ** 2
    case 'ellipse':
      return (x, y) => ((x - shape.cx) / shape.rx) ** 2 + ((y - shape.cy) / shape.ry) ** 2 <= 1
    case 'rectangle':
    case 'square':
      return (x, y) =>
        x >= shape.x && x <= shape.x + shape.width && y >= shape.y && y <= shape.y + shape.height
    case 'triangle': {
      const [[x1, y1], [x2, y2], [x3, y3]] = shape.points as [Point, Point, Point]
      return (x, y) => {
        const a = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        const b = (x3 - x2) * (y - y2) - (y3 - y2) * (x - x2)
        const c = (x1 - x3) * (y - y3) - (y1 - y3) * (x - x3)
        return (a >= 0 && b >= 0 && c >= 0) || (a <= 0 && b <= 0 && c <= 0)
      }
    }
  }
}

type Point = [x: number, y: number]

function rgb(name: string): [number, number, number] {
  const colour = COLOURS[name]
  if (!colour)
    throw new RangeError(`Cannot draw in ${name}, the colours are ${Object.keys(COLOURS).join(', ')}`)
  return colour
}
