const WIDTH = 1200
const HEIGHT = 800

type Draw = (pen: CanvasRenderingContext2D) => void

/** Plain shapes in plain colours, which the local Gemini API recognises too. */
const SHAPES: [colour: string, draw: Draw][] = [
  ['#e8b90c', (pen) => pen.arc(930, 190, 110, 0, 2 * Math.PI)],
  ['#1f5ac8', (pen) => pen.rect(150, 370, 380, 270)],
  ['#d62728', (pen) => polygon(pen, [120, 350], [560, 350], [340, 140])],
  ['#2c963c', (pen) => polygon(pen, [680, 640], [880, 640], [780, 360])],
  ['#ff8c00', (pen) => pen.arc(1010, 570, 74, 0, 2 * Math.PI)],
]

/** A picture for people with no photo at hand: a house, a tree, a ball and the sun. */
export async function drawSample(): Promise<File> {
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = HEIGHT
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('Cannot draw the sample: this browser gives no canvas to draw on')
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, WIDTH, HEIGHT)
  for (const [colour, draw] of SHAPES) {
    pen.fillStyle = colour
    pen.beginPath()
    draw(pen)
    pen.fill()
  }
  const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (!png) throw new Error('Cannot draw the sample: this browser does not save a canvas as PNG')
  return new File([png], 'sample.png', { type: 'image/png' })
}

function polygon(pen: CanvasRenderingContext2D, ...points: [x: number, y: number][]): void {
  for (const [x, y] of points) pen.lineTo(x, y)
  pen.closePath()
}
