import sharp from 'sharp'
import { seededRandom } from '../measure/random.ts'

/** A star-shaped blob within its box: the radius at each angle, as a sum of harmonics. */
type Blob = {
  label: string
  box2d: [yMin: number, xMin: number, yMax: number, xMax: number]
  harmonics: { amplitude: number; phase: number }[]
  hasHole: boolean
}

const LABELS =
  'wooden bowl,glass jar,ceramic mug,steel spoon,plant pot,book,cutting board,bottle,lamp,apple'.split(',')

/** Real masks usually are 256 x 256 pixels. With some models only the longer side is 256. */
const MASK_SIDE = 256

/**
 * An answer in the format of Gemini 2.5: fenced JSON with masks as PNG data URIs, 8-bit grey with soft edges.
 * Half of the masks are square, half have the aspect ratio of their box. Each has about 7.5 kB, ten times as
 * much as a real one, and more grey pixels.
 */
export async function writeAnswer(count: number): Promise<string> {
  const random = seededRandom(9000 + count)
  const items: { box_2d: number[]; mask: string; label: string }[] = []
  for (let index = 0; index < count; index++) {
    const blob = makeBlob(index, count, random)
    const mask = await drawMask(blob, index % 2 === 0, random)
    items.push({
      box_2d: blob.box2d,
      mask: `data:image/png;base64,${mask.toString('base64')}`,
      label: blob.label,
    })
  }
  return `\`\`\`json\n${JSON.stringify(items, null, 1)}\n\`\`\``
}

/** Objects are smaller if there are more of them: between 8 and 56 % of the image's sides. */
function makeBlob(index: number, count: number, random: () => number): Blob {
  const [minSide, maxSide] =
    count === 1 ? [400, 560] : count <= 5 ? [220, 420] : count <= 20 ? [140, 320] : [80, 220]
  const [height, width] = [0, 0].map(() => Math.round(minSide + random() * (maxSide - minSide))) as [
    number,
    number,
  ]
  const [y, x] = [Math.round(random() * (1000 - height)), Math.round(random() * (1000 - width))]
  const repetition = Math.floor(index / LABELS.length)
  return {
    label: LABELS[index % LABELS.length]! + (repetition > 0 ? ` ${repetition + 1}` : ''),
    box2d: [y, x, y + height, x + width],
    harmonics: Array.from({ length: 6 }, (_, k) => ({
      amplitude: ((random() - 0.5) * 0.55) / (k + 1),
      phase: random() * 2 * Math.PI,
    })),
    hasHole: random() < 0.15,
  }
}

function drawMask({ box2d, harmonics, hasHole }: Blob, isSquare: boolean, random: () => number) {
  const [height, width] = [box2d[2] - box2d[0], box2d[3] - box2d[1]]
  const scale = MASK_SIDE / Math.max(width, height)
  const columns = isSquare ? MASK_SIDE : Math.max(Math.round(width * scale), 8)
  const rows = isSquare ? MASK_SIDE : Math.max(Math.round(height * scale), 8)
  const values = Buffer.alloc(columns * rows)
  for (let i = 0; i < values.length; i++) {
    const u = (((i % columns) + 0.5) / columns) * 2 - 1
    const v = ((Math.floor(i / columns) + 0.5) / rows) * 2 - 1
    const distance = Math.hypot(u, v)
    let share = softStep(radiusAt(Math.atan2(v, u), harmonics) - distance)
    if (hasHole) share *= 1 - softStep(0.22 - distance)
    const isEdge = share > 0.03 && share < 0.97
    values[i] = Math.min(Math.max(Math.round(share * 255 + (isEdge ? (random() - 0.5) * 3 : 0)), 0), 255)
  }
  return sharp(values, { raw: { width: columns, height: rows, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 9 })
    .toBuffer()
}

function radiusAt(angle: number, harmonics: Blob['harmonics']): number {
  const radius = harmonics.reduce(
    (sum, { amplitude, phase }, k) => sum + amplitude * Math.cos((k + 1) * angle + phase),
    0.82,
  )
  return Math.min(Math.max(radius, 0.25), 0.99)
}

/** A smooth step from 0 outside to 1 inside, over about four of 256 pixels. */
function softStep(inside: number): number {
  return 1 / (1 + Math.exp(-inside * 110))
}
