const WIDTH = 1200
const HEIGHT = 800

type Draw = (context: CanvasRenderingContext2D) => void

/** Simple shapes in basic colours, which the local Gemini API recognizes too. */
const SHAPES: [colour: string, draw: Draw][] = [
  ['#e8b90c', (context) => context.arc(930, 190, 110, 0, 2 * Math.PI)],
  ['#1f5ac8', (context) => context.rect(150, 370, 380, 270)],
  ['#d62728', (context) => polygon(context, [120, 350], [560, 350], [340, 140])],
  ['#2c963c', (context) => polygon(context, [680, 640], [880, 640], [780, 360])],
  ['#ff8c00', (context) => context.arc(1010, 570, 74, 0, 2 * Math.PI)],
]

/** Draws a sample image: a house, a tree, a ball and the sun. */
export async function drawSample(): Promise<File> {
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = HEIGHT
  const context = canvas.getContext('2d')
  if (!context) throw new Error('Could not draw the sample: the browser does not support 2D canvases')
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, WIDTH, HEIGHT)
  for (const [colour, draw] of SHAPES) {
    context.fillStyle = colour
    context.beginPath()
    draw(context)
    context.fill()
  }
  const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (!png) throw new Error('Could not draw the sample: the browser cannot export a canvas as PNG')
  return new File([png], 'sample.png', { type: 'image/png' })
}

function polygon(context: CanvasRenderingContext2D, ...points: [x: number, y: number][]): void {
  for (const [x, y] of points) context.lineTo(x, y)
  context.closePath()
}
