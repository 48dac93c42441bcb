import { describe, expect, it } from 'vitest'
import type { Box } from '../../../functions/src/document/box.ts'
import { MAX_RUNS } from '../../../functions/src/masks/mask-runs.ts'
import { type ProbabilityMap, runsFromMap } from '../../../functions/src/masks/runs-from-map.ts'
import { paintMask, randomFrom, softDisc } from '../../support/masks.ts'
import { maskIoU } from '../../support/scene.ts'

/** Bilinear interpolation pixel by pixel: pixel centres aligned, edges repeated, threshold 127. */
function resizeAndCut(map: ProbabilityMap, box: Box, frame: Box): Uint8Array {
  const at = (x: number, y: number) =>
    map.values[
      Math.min(Math.max(y, 0), map.height - 1) * map.width + Math.min(Math.max(x, 0), map.width - 1)
    ]!
  const pixels = new Uint8Array(box.width * box.height)
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const [frameX, frameY] = [box.x + x - frame.x, box.y + y - frame.y]
      if (frameX < 0 || frameY < 0 || frameX >= frame.width || frameY >= frame.height) continue
      const sourceX = ((frameX + 0.5) * map.width) / frame.width - 0.5
      const sourceY = ((frameY + 0.5) * map.height) / frame.height - 0.5
      const [x0, y0] = [Math.floor(sourceX), Math.floor(sourceY)]
      const [fx, fy] = [sourceX - x0, sourceY - y0]
      const upper = at(x0, y0) * (1 - fx) + at(x0 + 1, y0) * fx
      const lower = at(x0, y0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1) * fx
      pixels[y * box.width + x] = upper * (1 - fy) + lower * fy > 127 ? 1 : 0
    }
  }
  return pixels
}

/**
 * @returns the IoU. Rounding can put a pixel exactly on the threshold on either side, which matters in small
 * masks.
 */
function expectSameMask(map: ProbabilityMap, box: Box, frame: Box = box): number {
  const runs = runsFromMap(map, box, frame)
  const pixels = paintMask(runs)
  const iou = maskIoU(pixels, resizeAndCut(map, box, frame))
  expect(iou).toBeGreaterThanOrEqual(0.99)
  expect(runs.areaPixels).toBe(pixels.reduce((sum, value) => sum + value, 0))
  return iou
}

describe('runsFromMap()', () => {
  it.each([
    [256, 256, 300, 200],
    [256, 100, 63, 300],
    [40, 40, 40, 40],
    [7, 5, 211, 97],
    [1, 1, 9, 9],
    [3, 50, 400, 20],
  ])(
    'resizes a disc of %i x %i to %i x %i bilinearly and cuts it at 127',
    (mapWidth, mapHeight, width, height) => {
      const size = { width: mapWidth, height: mapHeight }
      const map = { ...size, values: softDisc(size) }
      expect(expectSameMask(map, { x: 11, y: 5, width, height })).toBeGreaterThanOrEqual(0.999)
    },
  )

  it('is equal to it for random maps, boxes and frames that reach beyond the box', () => {
    const random = randomFrom(7)
    const whole = (from: number, to: number) => from + Math.floor(random() * (to - from + 1))
    const rounds = 150
    let sum = 0
    for (let round = 0; round < rounds; round++) {
      const [width, height] = [whole(1, 40), whole(1, 40)]
      // From soft slopes around the threshold to noise and hard edges.
      const spread = [12, 256, 2000][round % 3]!
      const values = Uint8ClampedArray.from({ length: width * height }, () => 128 + (random() - 0.5) * spread)
      const box = { x: whole(0, 50), y: whole(0, 50), width: whole(1, 120), height: whole(1, 120) }
      const [left, top] = round % 2 ? [0, 0] : [whole(0, 60), whole(0, 60)]
      const frame = {
        x: box.x - left,
        y: box.y - top,
        width: box.width + left + whole(0, 30),
        height: box.height + top + whole(0, 30),
      }
      sum += expectSameMask({ width, height, values: new Uint8Array(values) }, box, frame)
    }
    expect(sum / rounds).toBeGreaterThanOrEqual(0.999)
  })

  it('excludes 127 and includes 128', () => {
    const box = { x: 0, y: 0, width: 4, height: 4 }
    expect(runsFromMap({ width: 1, height: 1, values: Uint8Array.of(127) }, box).areaPixels).toBe(0)
    expect(runsFromMap({ width: 1, height: 1, values: Uint8Array.of(128) }, box).areaPixels).toBe(16)
  })

  it('excludes a pixel on the threshold on both sides', () => {
    const map = { width: 4, height: 1, values: Uint8Array.of(0, 127, 255, 127) }
    expect([...runsFromMap(map, { x: 0, y: 0, width: 4, height: 1 }).spans]).toEqual([0, 2, 3])
  })

  it('excludes a map of 127 at every height between its rows', () => {
    const map = { width: 9, height: 2, values: new Uint8Array(18).fill(127) }
    expect(runsFromMap(map, { x: 0, y: 0, width: 50, height: 997 }).areaPixels).toBe(0)
  })

  it('keeps the part inside the image of a frame that reaches beyond it', () => {
    // The right half of the frame is the object, and the left half of the frame is outside the image.
    const map = { width: 2, height: 1, values: Uint8Array.of(0, 255) }
    const runs = runsFromMap(
      map,
      { x: 0, y: 0, width: 50, height: 10 },
      { x: -50, y: 0, width: 100, height: 10 },
    )
    expect([...runs.spans.subarray(0, 3)]).toEqual([0, 0, 50])
  })

  it('refuses stripes with too many runs', () => {
    const values = Uint8Array.from({ length: 2048 * 2 }, (_, i) => (i % 2) * 255)
    const [map, width] = [{ width: 2048, height: 2, values }, 6000]
    const most = Math.floor(MAX_RUNS / 1024)
    const runs = runsFromMap(map, { x: 0, y: 0, width, height: most })
    expect(runs.spans.length).toBe(3 * 1024 * most)
    expect(() => runsFromMap(map, { x: 0, y: 0, width, height: most + 1 })).toThrow(
      expect.objectContaining({ code: 'answer-unreadable' }),
    )
  })
})
