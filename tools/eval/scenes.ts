import type { Scene, Shape } from '../../test/support/scene.ts'

const COLOURS = ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'brown', 'black']
const BACKGROUNDS = ['white', 'grey']
const SIZES = [
  [1200, 800],
  [800, 1200],
  [1000, 1000],
  [1600, 900],
] as const
const KINDS = ['circle', 'ellipse', 'rectangle', 'square', 'triangle'] as const

/** Scenes of 1 to 8 separate shapes in cells of a grid. The same seed gives the same scenes. */
export function drawnScenes(count: number, seed: number): Scene[] {
  const random = generator(seed)
  return Array.from({ length: count }, () => drawnScene(random))
}

function drawnScene(random: () => number): Scene {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const [width, height] = pick(SIZES)
  const [columns, rows] = width >= height ? [4, 2] : [2, 4]
  const cells = Array.from({ length: columns * rows }, (_, index) => ({ index, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, 1 + Math.floor(random() * columns * rows))
  const cell = { width: width / columns, height: height / rows }
  const shapes = cells.map(({ index }) => {
    // Half of the cell's shorter side, less a gap to the next cell.
    const room = Math.min(cell.width, cell.height) / 2 - 12
    const radius = Math.round(room * (0.5 + random() * 0.5))
    const cx = Math.round(((index % columns) + 0.5) * cell.width)
    const cy = Math.round((Math.floor(index / columns) + 0.5) * cell.height)
    return shapeAt(pick(KINDS), pick(COLOURS), cx, cy, radius)
  })
  return { width, height, background: pick(BACKGROUNDS), shapes }
}

function shapeAt(kind: Shape['kind'], colour: string, cx: number, cy: number, radius: number): Shape {
  const flat = Math.round(radius * 0.6)
  switch (kind) {
    case 'circle':
      return { kind, colour, cx, cy, radius }
    case 'ellipse':
      return { kind, colour, cx, cy, rx: radius, ry: flat }
    case 'rectangle':
      return { kind, colour, x: cx - radius, y: cy - flat, width: 2 * radius, height: 2 * flat }
    case 'square':
      return { kind, colour, x: cx - flat, y: cy - flat, width: 2 * flat, height: 2 * flat }
    case 'triangle':
      return {
        kind,
        colour,
        points: [
          [cx - radius, cy + flat],
          [cx + radius, cy + flat],
          [cx, cy - radius],
        ],
      }
  }
}

/** Mulberry32, a generator of numbers from 0 to below 1. https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
