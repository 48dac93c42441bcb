import type { Box } from '../vision/analyze.ts'
import { KINDS, type Kind } from './coco.ts'

/** The side of the square that the model takes, in pixels. */
export const INPUT_SIDE = 512
/** The numbers of a detection: x1, y1, x2, y2 in pixels of the square, score, number of the kind. */
export const ROW_LENGTH = 6

/** `box` is in fractions of the picture. `score` is 0 to 1. */
export type Detection = { kind: Kind; score: number; box: Box }

// By trial on photos of rooms, meals, animals and streets: below them, most detections are wrong.
const MIN_SCORE = 0.3
const MIN_SINGLE_SCORE = 0.2
// Boxes of one object in the picture and in its mirror image overlap at least this much.
const SAME_BOX = 0.4
// Two boxes that overlap more show one object, which the model has named twice.
const MAX_OVERLAP = { sameKind: 0.45, anyKind: 0.7 }
// A box that lies within a box of its kind is a part of it.
const MAX_INSIDE = 0.85
const MAX_DETECTIONS = 20
const MIN_SIDE = 0.01

/**
 * The detections that a picture and its mirror image share, with their mean scores: the model is wrong about
 * the same object less often than about one picture.
 * @param rows the output for the picture, of `ROW_LENGTH` numbers each
 * @param mirrored the output for its mirror image
 * @param picture the size of the picture that was centred in the square, in any unit
 * @returns best first
 */
export function readDetections(
  rows: Float32Array,
  mirrored: Float32Array,
  picture: { width: number; height: number },
): Detection[] {
  const found = distinct(readRows(rows, picture))
  const others = distinct(readRows(mirrored, picture)).map(({ kind, score, box }) => ({
    kind,
    score,
    box: { ...box, xMin: 1 - box.xMax, xMax: 1 - box.xMin },
  }))
  return found
    .flatMap(({ kind, score, box }) => {
      const other = others.find((one) => one.kind === kind && overlapOf(one.box, box) >= SAME_BOX)
      return other ? { kind, score: (score + other.score) / 2, box } : []
    })
    .filter(({ score }) => score >= MIN_SCORE)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MAX_DETECTIONS)
}

function readRows(rows: Float32Array, picture: { width: number; height: number }): Detection[] {
  const found: Detection[] = []
  for (let at = 0; at + ROW_LENGTH <= rows.length; at += ROW_LENGTH) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, score = 0, number = -1] = rows.subarray(at, at + ROW_LENGTH)
    const kind = KINDS[number]
    if (!kind || !(score >= MIN_SINGLE_SCORE)) continue
    const box = withinPicture({ xMin: x1, yMin: y1, xMax: x2, yMax: y2 }, picture)
    if (box.xMax - box.xMin >= MIN_SIDE && box.yMax - box.yMin >= MIN_SIDE) found.push({ kind, score, box })
  }
  return found
}

/** Each object once, best first. */
function distinct(found: Detection[]): Detection[] {
  const kept: Detection[] = []
  for (const one of found.toSorted((a, b) => b.score - a.score))
    if (!kept.some((other) => isSame(one, other))) kept.push(one)
  return kept
}

/** From pixels of the square to fractions of the picture. */
function withinPicture(box: Box, { width, height }: { width: number; height: number }): Box {
  const scale = INPUT_SIDE / Math.max(width, height)
  const along = (value: number, side: number) =>
    Math.min(1, Math.max(0, (value - (INPUT_SIDE - side * scale) / 2) / (side * scale)))
  return {
    xMin: along(box.xMin, width),
    yMin: along(box.yMin, height),
    xMax: along(box.xMax, width),
    yMax: along(box.yMax, height),
  }
}

function isSame(one: Detection, other: Detection): boolean {
  const overlap = overlapOf(one.box, other.box)
  if (one.kind !== other.kind) return overlap > MAX_OVERLAP.anyKind
  const inside = sharedArea(one.box, other.box) / Math.min(areaOf(one.box), areaOf(other.box))
  return overlap > MAX_OVERLAP.sameKind || inside > MAX_INSIDE
}

/** Intersection over union. */
export function overlapOf(one: Box, other: Box): number {
  const shared = sharedArea(one, other)
  return shared / (areaOf(one) + areaOf(other) - shared)
}

function sharedArea(a: Box, b: Box): number {
  return areaOf({
    xMin: Math.max(a.xMin, b.xMin),
    yMin: Math.max(a.yMin, b.yMin),
    xMax: Math.min(a.xMax, b.xMax),
    yMax: Math.min(a.yMax, b.yMax),
  })
}

function areaOf({ xMin, yMin, xMax, yMax }: Box): number {
  return Math.max(0, xMax - xMin) * Math.max(0, yMax - yMin)
}
