import simplify from 'simplify-js'
import { area, type Point } from './outline.ts'

export const SHAPE_NAMES = [
  'circle',
  'ellipse',
  'square',
  'rectangle',
  'triangle',
  'pentagon',
  'hexagon',
  'star',
  'area',
] as const

export type ShapeName = (typeof SHAPE_NAMES)[number]

/**
 * Names the shape of a closed contour; `area` if no name fits. The borders of `frame` may have cut off a
 * part.
 */
export function nameShape(ring: readonly Point[], frame: { width: number; height: number }): ShapeName {
  const free = ring.filter(([x, y]) => x > 0.5 && y > 0.5 && x < frame.width - 0.5 && y < frame.height - 0.5)
  if (free.length < ring.length - 1) {
    if (isArc(free)) return 'circle'
  } else {
    const round = fitEllipse(ring)
    if (round) return round
  }
  const corners = findCorners(ring)
  if (corners.length === 3) return 'triangle'
  if (corners.length === 4 && isRightAngled(corners)) return sidesAlike(corners) ? 'square' : 'rectangle'
  const fullness = area(ring) / hullArea(corners)
  if (corners.length === 10 && fullness < 0.75) return 'star'
  if (fullness < 0.95) return 'area'
  if (corners.length === 5) return 'pentagon'
  return corners.length === 6 ? 'hexagon' : 'area'
}

function findCorners(ring: readonly Point[]): Point[] {
  const open = ring.slice(0, -1)
  const [cx, cy] = centre(open)
  const distances = open.map(([x, y]) => Math.hypot(x - cx, y - cy))
  // The point farthest from the centre is always a corner.
  const start = distances.indexOf(Math.max(...distances))
  const turned = [...open.slice(start), ...open.slice(0, start + 1)].map(([x, y]) => ({ x, y }))
  const tolerance = Math.max(1.2, 0.03 * Math.sqrt(area(ring)))
  return simplify(turned, tolerance, true)
    .slice(0, -1)
    .map(({ x, y }) => [x, y] as const)
}

function fitEllipse(ring: readonly Point[]): 'circle' | 'ellipse' | undefined {
  const [cx, cy] = centre(ring)
  let [xx, yy, xy] = [0, 0, 0]
  for (const [x, y] of ring) {
    xx += (x - cx) ** 2
    yy += (y - cy) ** 2
    xy += (x - cx) * (y - cy)
  }
  const angle = Math.atan2(2 * xy, xx - yy) / 2
  const turned = ring.map(
    ([x, y]): Point => [
      (x - cx) * Math.cos(angle) + (y - cy) * Math.sin(angle),
      (y - cy) * Math.cos(angle) - (x - cx) * Math.sin(angle),
    ],
  )
  const a = Math.max(...turned.map(([u]) => Math.abs(u)))
  const b = Math.max(...turned.map(([, v]) => Math.abs(v)))
  const radii = turned.map(([u, v]) => Math.hypot(u / a, v / b))
  if (spread(radii) > Math.max(0.022, 0.5 / b)) return undefined
  return Math.max(a, b) / Math.min(a, b) < 1.07 ? 'circle' : 'ellipse'
}

/** Whether points lie on a circle of which a large part is visible: I. Kåsa's least squares (1976). */
function isArc(points: readonly Point[]): boolean {
  if (points.length < 12) return false
  const [mx, my] = centre(points)
  let [uu, vv, uv, uz, vz] = [0, 0, 0, 0, 0]
  for (const [x, y] of points) {
    const [u, v] = [x - mx, y - my]
    const z = u * u + v * v
    uu += u * u
    vv += v * v
    uv += u * v
    uz += u * z
    vz += v * z
  }
  const determinant = 2 * (uu * vv - uv * uv)
  if (determinant === 0) return false
  const cx = mx + (uz * vv - vz * uv) / determinant
  const cy = my + (vz * uu - uz * uv) / determinant
  const radii = points.map(([x, y]) => Math.hypot(x - cx, y - cy))
  const radius = radii.reduce((sum, value) => sum + value, 0) / radii.length
  const height = Math.max(...points.map(([, y]) => y)) - Math.min(...points.map(([, y]) => y))
  const width = Math.max(...points.map(([x]) => x)) - Math.min(...points.map(([x]) => x))
  return spread(radii) < Math.max(0.02, 0.5 / radius) && Math.max(width, height) > 0.8 * radius
}

function isRightAngled(corners: readonly Point[]): boolean {
  return corners.every((corner, i) => {
    const [before, after] = [corners.at(i - 1)!, corners[(i + 1) % corners.length]!]
    const [ux, uy, vx, vy] = [
      before[0] - corner[0],
      before[1] - corner[1],
      after[0] - corner[0],
      after[1] - corner[1],
    ]
    return Math.abs(ux * vx + uy * vy) / (Math.hypot(ux, uy) * Math.hypot(vx, vy)) < 0.12
  })
}

function sidesAlike(corners: readonly Point[]): boolean {
  const side = (i: number) =>
    Math.hypot(corners[i]![0] - corners[i + 1]![0], corners[i]![1] - corners[i + 1]![1])
  return Math.abs(Math.log(side(0) / side(1))) < Math.max(0.06, 2 / Math.max(side(0), side(1)))
}

function centre(points: readonly Point[]): Point {
  const sum = points.reduce(([sx, sy], [x, y]) => [sx + x, sy + y] as const, [0, 0] as Point)
  return [sum[0] / points.length, sum[1] / points.length]
}

/** Standard deviation as a share of the mean. */
function spread(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) / mean
}

/** Area of the convex hull: A. M. Andrew's monotone chain (1979). */
function hullArea(points: readonly Point[]): number {
  const sorted = points.toSorted((p, q) => p[0] - q[0] || p[1] - q[1])
  const half = (ordered: readonly Point[]) => {
    const chain: Point[] = []
    for (const point of ordered) {
      while (chain.length > 1 && turn(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop()
      chain.push(point)
    }
    return chain
  }
  return area([...half(sorted), ...half(sorted.toReversed()).slice(1)])
}

function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}
