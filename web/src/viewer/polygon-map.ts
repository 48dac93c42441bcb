import type { IndexMap } from './index-map.ts'
import type { Box } from './marks.ts'

/** A polygon [x, y, x, y, ...] in pixels of the photo, as a mask of the size of its box. */
export function polygonMap(polygon: readonly number[], { x, y, width, height }: Box): IndexMap | undefined {
  const pen = new OffscreenCanvas(width, height).getContext('2d')
  if (!pen) return undefined
  pen.beginPath()
  for (let i = 0; i + 1 < polygon.length; i += 2) pen.lineTo(polygon[i]! - x, polygon[i + 1]! - y)
  pen.fill('evenodd')
  const { data } = pen.getImageData(0, 0, width, height)
  const values = new Uint8Array(width * height)
  for (let i = 0; i < values.length; i++) values[i] = data[i * 4 + 3]! > 127 ? 1 : 0
  return { width, height, bitDepth: 8, rowBytes: width, data: values }
}
