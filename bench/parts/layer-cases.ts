import type { Answer, Photo } from '../data/data.ts'
import { type Case, time } from '../measure/rounds.ts'
import type { Python, PythonCase } from '../peers/python.ts'
import { compositeMasks, decodeAndEncode, encodeEmptyPng, paintMasks, timeSharp } from '../peers/sharp.ts'
import type { PhotoSize } from '../plan.ts'
import { drawLayer } from './draw-layer.ts'
import type { Context } from './part.ts'

export const LAYER = 'layer'
export const LAYER_AND_MASKS = 'layer + all masks'
export const EMPTY_PNG = 'libvips: an empty RGBA PNG'
export const JPEG_ROUND_TRIP = 'libvips: decode + encode the JPEG'
export const PILLOW = 'Pillow: the same layer'
export const SUPERVISION = 'supervision: annotate'
export const GOOGLE_SAMPLE = "Google's documented sample"
const NUMPY = 'Pillow and numpy: the same layer'
const SHARP_PAINT = 'sharp: resize masks, paint RGBA'
const SHARP_COMPOSITE = 'sharp: resize masks, composite'
const SUPERVISION_READ = 'supervision: read the answer'

export const PEERS = [
  EMPTY_PNG,
  JPEG_ROUND_TRIP,
  PILLOW,
  NUMPY,
  SHARP_PAINT,
  SHARP_COMPOSITE,
  SUPERVISION_READ,
  SUPERVISION,
  GOOGLE_SAMPLE,
]
/** Cases that do not depend on the objects. */
const FLOORS = [EMPTY_PNG, JPEG_ROUND_TRIP]

export function layerId(name: string, size: PhotoSize, count: number): string {
  return FLOORS.includes(name) ? `${name}, ${size.name}` : `${name}, ${size.name}, ${objects(count)}`
}

export function objects(count: number): string {
  return count === 1 ? '1 object' : `${count} objects`
}

/**
 * Fast cases run for every size and number of objects, slow cases only for the usual size or the usual
 * number.
 */
export function makeLayerCases({ plan, data, python }: Context): Case[] {
  const [, usual] = plan.sizes
  return plan.sizes.flatMap((size) => {
    const photo = data.photo(size)
    const cases = floors(photo)
    for (const count of plan.counts) {
      const answer = data.answer(count)
      const isUsual = size === usual || count === plan.usualCount
      cases.push(...ours(size, answer))
      if (isUsual) cases.push(...sharpPeers(size, answer))
      if (!python) continue
      cases.push(...pillowPeers(python, photo, answer))
      if (isUsual) cases.push(...supervisionPeers(python, photo, answer))
      // Its time does not depend on the photo. With many objects it takes so long that other cases would be
      // minutes apart.
      if (size === usual && count <= plan.usualCount) cases.push(googleSample(python, photo, answer))
    }
    return cases
  })
}

function floors({ size, jpeg }: Photo): Case[] {
  const empty = Buffer.alloc(size.width * size.height * 4)
  const floor = (name: string, work: () => Promise<unknown>) =>
    peer(layerId(name, size, 0), 2, () => timeSharp(work))
  return [
    floor(EMPTY_PNG, () => encodeEmptyPng(empty, size)),
    floor(JPEG_ROUND_TRIP, () => decodeAndEncode(jpeg)),
  ]
}

function ours(size: PhotoSize, { text, count }: Answer): Case[] {
  return [LAYER, LAYER_AND_MASKS].map((name) => ({
    id: layerId(name, size, count),
    unit: 'ms',
    isPeer: false,
    warmUps: 3,
    run: () => time(() => drawLayer(text, size, name === LAYER_AND_MASKS)),
  }))
}

function sharpPeers(size: PhotoSize, { text, count }: Answer): Case[] {
  return [
    peer(layerId(SHARP_PAINT, size, count), 1, () => timeSharp(() => paintMasks(text, size))),
    peer(layerId(SHARP_COMPOSITE, size, count), 1, () => timeSharp(() => compositeMasks(text, size))),
  ]
}

function pillowPeers(python: Python, photo: Photo, answer: Answer): Case[] {
  return [
    pythonPeer(PILLOW, 2, python, 'pillow_layer', photo, answer),
    pythonPeer(NUMPY, 2, python, 'numpy_layer', photo, answer),
  ]
}

function supervisionPeers(python: Python, photo: Photo, answer: Answer): Case[] {
  if (python.missing.supervision) return []
  return [
    pythonPeer(SUPERVISION_READ, 1, python, 'supervision_read', photo, answer),
    pythonPeer(SUPERVISION, 1, python, 'supervision_annotate', photo, answer),
  ]
}

function googleSample(python: Python, photo: Photo, answer: Answer): Case {
  return pythonPeer(GOOGLE_SAMPLE, 1, python, 'google_sample', photo, answer)
}

function pythonPeer(
  name: string,
  warmUps: number,
  python: Python,
  pythonCase: PythonCase,
  photo: Photo,
  answer: Answer,
): Case {
  return peer(layerId(name, photo.size, answer.count), warmUps, () =>
    python.time(pythonCase, photo.path, answer.path),
  )
}

function peer(id: string, warmUps: number, run: () => Promise<number>): Case {
  return { id, unit: 'ms', isPeer: true, warmUps, run }
}
