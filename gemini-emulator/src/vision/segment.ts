import { labPixels } from './colour.ts'
import type { Raster } from './picture.ts'
import { type RegionMap, renumber } from './region-map.ts'

// Quantizes OKLab distances to 1/2000, so that 1.2 million edges can be sorted with a counting sort.
const STEPS = 2000
// Controls the size of regions: a region of n pixels can be merged across a distance of SCALE / n.
const SCALE = 2
// Invisible differences, as between the shades of a smooth gradient, never separate regions.
const INVISIBLE = 12
const MIN_SHARE = 0.0002

/**
 * Divides an image into regions that differ more from their neighbours than within themselves.
 * P. Felzenszwalb, D. Huttenlocher, "Efficient Graph-Based Image Segmentation", IJCV 59 (2004).
 */
export function segment(raster: Raster): RegionMap {
  const { width, height } = raster
  const edges = sortedEdges(raster)
  const sets = new DisjointSets(width * height)
  const limit = new Float32Array(width * height).fill(SCALE * STEPS)
  edges.forEach((from, to, step) => {
    const a = sets.find(from)
    const b = sets.find(to)
    if (a === b || (step > INVISIBLE && (step > limit[a]! || step > limit[b]!))) return
    const joined = sets.join(a, b)
    limit[joined] = step + (SCALE * STEPS) / sets.size[joined]!
  })
  const minPixels = Math.max(12, MIN_SHARE * width * height)
  edges.forEach((from, to) => {
    const a = sets.find(from)
    const b = sets.find(to)
    if (a !== b && (sets.size[a]! < minPixels || sets.size[b]! < minPixels)) sets.join(a, b)
  })
  return renumber(width, height, (i) => sets.find(i))
}

type Visit = (from: number, to: number, step: number) => void

/** The colour differences between each pixel and its right and lower neighbours, smallest first. */
function sortedEdges(raster: Raster): { forEach(visit: Visit): void } {
  const { width, height } = raster
  const lab = labPixels(raster)
  const steps = new Int16Array(width * height * 2).fill(-1)
  const counts = new Uint32Array(STEPS + 1)
  const measure = (edge: number, from: number, to: number) => {
    const lightness = lab[from * 3]! - lab[to * 3]!
    const a = lab[from * 3 + 1]! - lab[to * 3 + 1]!
    const b = lab[from * 3 + 2]! - lab[to * 3 + 2]!
    const step = Math.min(STEPS - 1, Math.round(Math.sqrt(lightness * lightness + a * a + b * b) * STEPS))
    steps[edge] = step
    counts[step + 1]!++
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      if (x + 1 < width) measure(i * 2, i, i + 1)
      if (y + 1 < height) measure(i * 2 + 1, i, i + width)
    }
  }
  for (let step = 1; step <= STEPS; step++) counts[step]! += counts[step - 1]!
  const order = new Uint32Array(counts[STEPS]!)
  for (let edge = 0; edge < steps.length; edge++) {
    if (steps[edge]! >= 0) order[counts[steps[edge]!]!++] = edge
  }
  return {
    forEach(visit) {
      for (const edge of order) {
        const from = edge >> 1
        visit(from, edge % 2 === 0 ? from + 1 : from + width, steps[edge]!)
      }
    },
  }
}

class DisjointSets {
  readonly size: Uint32Array
  private readonly parent: Int32Array

  constructor(count: number) {
    this.size = new Uint32Array(count).fill(1)
    this.parent = new Int32Array(count)
    for (let i = 0; i < count; i++) this.parent[i] = i
  }

  find(member: number): number {
    const { parent } = this
    while (parent[member] !== member) {
      parent[member] = parent[parent[member]!]!
      member = parent[member]!
    }
    return member
  }

  join(a: number, b: number): number {
    const [large, small] = this.size[a]! >= this.size[b]! ? [a, b] : [b, a]
    this.parent[small] = large
    this.size[large]! += this.size[small]!
    return large
  }
}
