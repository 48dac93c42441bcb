import sharp from 'sharp'

const [WIDTH, HEIGHT] = [1200, 900]
/** Far apart for the local Gemini API, so that each shape is one object. */
const COLOURS = [
  [214, 39, 40],
  [31, 90, 200],
  [44, 150, 60],
  [255, 140, 0],
  [128, 40, 160],
  [120, 72, 40],
] as const

/**
 * A picture with wavy shapes, whose outlines need more points than any prompt asks for. Drawn pixel by
 * pixel: the functions turn SVG off in sharp.
 */
export async function drawObjects(objects: number): Promise<Buffer> {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3, 255)
  const columns = Math.ceil(Math.sqrt((objects * WIDTH) / HEIGHT))
  const rows = Math.ceil(objects / columns)
  const [cellWidth, cellHeight] = [WIDTH / columns, HEIGHT / rows]
  const radius = Math.min(cellWidth, cellHeight) * 0.3
  for (let i = 0; i < objects; i++) {
    const centre = { x: ((i % columns) + 0.5) * cellWidth, y: (Math.floor(i / columns) + 0.5) * cellHeight }
    paint(pixels, centre, radius, i)
  }
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
    .toBuffer()
}

function paint(pixels: Buffer, centre: { x: number; y: number }, radius: number, index: number): void {
  const colour = COLOURS[index % COLOURS.length]!
  const reach = Math.ceil(radius * 1.5)
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const angle = Math.atan2(dy, dx)
      const edge = radius * (1 + 0.22 * Math.sin(5 * angle + index) + 0.1 * Math.sin(11 * angle))
      if (Math.hypot(dx, dy) > edge) continue
      const [x, y] = [Math.round(centre.x) + dx, Math.round(centre.y) + dy]
      if (x >= 0 && x < WIDTH && y >= 0 && y < HEIGHT) pixels.set(colour, (y * WIDTH + x) * 3)
    }
  }
}
