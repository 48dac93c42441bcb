import { readFile, writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { drawOverlay } from '../../../functions/src/masks/draw.ts'
import { assignColours } from '../../../functions/src/masks/palette.ts'
import { runsFromMap } from '../../../functions/src/masks/runs-from-map.ts'
import { runsFromPolygon } from '../../../functions/src/masks/runs-from-polygon.ts'
import { softDisc } from '../../support/masks.ts'
import { drawScene, type Scene } from '../../support/scene.ts'

/*
 * The overlay composited over its picture. After an intended change, write the golden picture again and look
 * at it: GOLDEN=write npx vitest run --project unit test/unit/functions/overlay-golden.test.ts
 */
const GOLDEN = new URL('../../fixtures/overlay-golden.png', import.meta.url)

/** Shapes that overlap each other and the edge of the picture. */
const SCENE: Scene = {
  width: 240,
  height: 160,
  background: 'white',
  shapes: [
    { kind: 'rectangle', colour: 'grey', x: 20, y: 60, width: 150, height: 80 },
    { kind: 'circle', colour: 'red', cx: 80, cy: 70, radius: 45 },
    { kind: 'square', colour: 'yellow', x: 150, y: 20, width: 70, height: 70 },
    {
      kind: 'triangle',
      colour: 'blue',
      points: [
        [120, 150],
        [230, 150],
        [175, 60],
      ],
    },
    { kind: 'circle', colour: 'green', cx: 232, cy: 20, radius: 30 },
  ],
}

async function composite(): Promise<Buffer> {
  const { png } = await drawScene(SCENE)
  const map = { width: 64, height: 64, values: softDisc({ width: 64, height: 64 }) }
  const ring = (x: number, y: number, width: number, height: number) =>
    [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ] as const
  const masks = [
    // With a hole that shows the picture.
    runsFromPolygon([ring(20, 60, 150, 80), ring(30, 120, 30, 12)], { x: 20, y: 60, width: 150, height: 80 }),
    runsFromMap(map, { x: 35, y: 25, width: 90, height: 90 }),
    runsFromPolygon([ring(150, 20, 70, 70)], { x: 150, y: 20, width: 70, height: 70 }),
    runsFromPolygon(
      [
        [
          [120, 150],
          [230, 150],
          [175, 60],
        ],
      ],
      { x: 120, y: 60, width: 110, height: 90 },
    ),
    runsFromMap(map, { x: 202, y: 0, width: 38, height: 50 }, { x: 202, y: -10, width: 60, height: 60 }),
  ]
  const labels = ['table', 'plate', 'book', 'tent', 'plate']
  const overlay = await drawOverlay(masks, assignColours(labels), SCENE)
  return sharp(png)
    .composite([{ input: overlay }])
    .removeAlpha()
    .png()
    .toBuffer()
}

/** Pixels after a slight blur, so that different rounding at an edge has no effect. */
async function seen(png: Buffer): Promise<Buffer> {
  return sharp(png).removeAlpha().blur(1).raw().toBuffer()
}

it('drawOverlay() composites to the golden picture', async () => {
  const png = await composite()
  if (process.env.GOLDEN === 'write')
    await writeFile(GOLDEN, await sharp(png).png({ compressionLevel: 9 }).toBuffer())
  const [actual, golden] = [await seen(png), await seen(await readFile(GOLDEN))]
  expect(actual.length).toBe(golden.length)
  const distances = Array.from({ length: actual.length / 3 }, (_, i) =>
    Math.hypot(...[0, 1, 2].map((channel) => actual[i * 3 + channel]! - golden[i * 3 + channel]!)),
  )
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length
  // A mask moved by one pixel gives a mean of about 0.5 and a maximum of about 40; another colour gives far
  // more.
  expect(mean).toBeLessThan(0.15)
  expect(Math.max(...distances)).toBeLessThan(24)
})
