import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { drawScene, FOUR_SHAPES, maskIoU, type Scene, type Shape } from '../../support/scene.ts'
import { type Box2d, emulated, inline, paintPngMask, paintPolygon, parseFenced } from './emulated.ts'

const circle = (colour: string, cx: number, cy: number, radius: number): Shape => ({
  kind: 'circle',
  colour,
  cx,
  cy,
  radius,
})
const ellipse = (colour: string, cx: number, cy: number, rx: number, ry: number): Shape => ({
  kind: 'ellipse',
  colour,
  cx,
  cy,
  rx,
  ry,
})
const square = (colour: string, x: number, y: number, width: number): Shape => ({
  kind: 'square',
  colour,
  x,
  y,
  width,
  height: width,
})
const rectangle = (colour: string, x: number, y: number, width: number, height: number): Shape => ({
  kind: 'rectangle',
  colour,
  x,
  y,
  width,
  height,
})
const triangle = (colour: string, ...points: [number, number][]): Shape => ({
  kind: 'triangle',
  colour,
  points,
})

export const SCENES = {
  'four shapes on white': FOUR_SHAPES,
  'large, on grey': {
    width: 1800,
    height: 1200,
    background: 'grey',
    shapes: [
      circle('yellow', 420, 420, 240),
      rectangle('purple', 1200, 120, 540, 300),
      triangle('pink', [960, 1080], [1560, 1080], [1260, 600]),
      ellipse('black', 360, 960, 240, 120),
    ],
  },
  'small, on white': {
    width: 320,
    height: 240,
    background: 'white',
    shapes: [
      circle('green', 70, 70, 40),
      square('black', 180, 40, 70),
      ellipse('purple', 100, 180, 60, 30),
      triangle('brown', [200, 210], [290, 210], [245, 140]),
    ],
  },
  'white and grey on black': {
    width: 1024,
    height: 768,
    background: 'black',
    shapes: [
      circle('white', 200, 200, 120),
      rectangle('red', 500, 100, 300, 180),
      square('grey', 120, 480, 180),
      ellipse('blue', 700, 560, 200, 90),
    ],
  },
  'touching each other': {
    width: 900,
    height: 900,
    background: 'white',
    shapes: [
      rectangle('red', 100, 100, 300, 200),
      rectangle('blue', 400, 100, 300, 200),
      square('green', 100, 300, 200),
      circle('orange', 600, 650, 150),
    ],
  },
  'cut by the edge': {
    width: 1000,
    height: 700,
    background: 'blue',
    shapes: [
      circle('yellow', 0, 350, 180),
      rectangle('white', 700, 0, 300, 200),
      square('red', 400, 420, 180),
    ],
  },
  'upright format, on green': {
    width: 700,
    height: 1300,
    background: 'green',
    shapes: [
      circle('white', 200, 200, 110),
      rectangle('brown', 350, 500, 250, 400),
      triangle('yellow', [80, 1200], [330, 1200], [200, 950]),
    ],
  },
  'ten colours on pink': {
    width: 1200,
    height: 900,
    background: 'pink',
    shapes: ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'brown', 'black', 'white', 'grey'].map(
      (colour, i) => circle(colour, 140 + (i % 4) * 300, 150 + Math.floor(i / 4) * 290, 100),
    ),
  },
} satisfies Record<string, Scene>

/** The scenes of `npm test`; `npm run test:all` tests all. */
export const FAST_SCENES: (keyof typeof SCENES)[] = ['small, on white', 'cut by the edge']

const PROMPT =
  'Give the segmentation masks for all items. Output a JSON list of segmentation masks where each entry contains the 2D bounding ' +
  'box in the key "box_2d", the segmentation mask in key "mask", and the text label in the key "label".'

/** Declares the tests of one scene: the local Gemini API finds each shape in it. */
export function describeScene(name: keyof typeof SCENES): void {
  const scene = SCENES[name]
  describe(`a drawn scene: ${name}`, () => {
    const { width, height } = scene
    let drawing: Awaited<ReturnType<typeof drawScene>>
    beforeAll(async () => {
      drawing = await drawScene(scene)
    })

    test.each(['png', 'jpeg'])(
      'is found in its %s by name, with box errors below 1 % and a mask IoU of at least 0.95',
      async (format) => {
        const { ai } = await emulated()
        const { png, truths } = drawing
        const image = format === 'png' ? inline(png) : inline(await prepared(png), 'image/jpeg')
        for (const model of ['gemini-2.5-flash-lite', 'gemini-3.8-flash']) {
          const answer = await ai.models.generateContent({ model, contents: [image, { text: PROMPT }] })
          const found = parseFenced(answer.text!) as {
            box_2d: Box2d
            mask: string | [number, number][]
            label: string
          }[]
          expect(found.map(({ label }) => label).toSorted()).toEqual(
            truths.map(({ label }) => label).toSorted(),
          )
          for (const { label, box, mask } of truths) {
            const item = found.find((candidate) => candidate.label === label)!
            const truth = [
              box.y / height,
              box.x / width,
              (box.y + box.height) / height,
              (box.x + box.width) / width,
            ]
            for (const [i, side] of truth.entries())
              expect(Math.abs(item.box_2d[i]! / 1000 - side)).toBeLessThan(0.01)
            expect(typeof item.mask).toBe(model === 'gemini-2.5-flash-lite' ? 'string' : 'object')
            const painted =
              typeof item.mask === 'string'
                ? await paintPngMask(item.mask, item.box_2d, width, height)
                : await paintPolygon(item.mask, width, height)
            expect(maskIoU(painted, mask)).toBeGreaterThanOrEqual(0.95)
          }
        }
      },
    )
  })
}

/** Prepares an image like an app: at most 1536 px, JPEG. */
async function prepared(png: Buffer): Promise<Buffer> {
  const size = { width: 1536, height: 1536, fit: 'inside', withoutEnlargement: true } as const
  return sharp(png).resize(size).jpeg({ quality: 85 }).toBuffer()
}
