import type { Size } from '../document/box.ts'
import { flattenMasks, type Layer } from './flatten-masks.ts'
import type { MaskRuns } from './mask-runs.ts'
import type { Rgb } from './palette.ts'
import { deflatePainted } from './png/painted-scanlines.ts'
import { type BitDepth, GREYSCALE, INDEXED, pngFile } from './png/png-file.ts'
import { RunDeflater } from './png/run-deflater.ts'
import { ScanlinePacker } from './png/scanline-packer.ts'

/** Half transparent, so that the photo is visible under the overlay. */
const OVERLAY_ALPHA = 128
/** The values of a byte, without 0 for "no object". */
const MAX_OBJECTS = 255
/** Twenty masks of a 12-megapixel photo have about 12,000 runs. With many more, painting pixels is faster. */
const MAX_WRITTEN_RUNS = 150_000

/**
 * The overlay: a transparent indexed PNG of the full upright size. A pixel's value is the number of its
 * object (index + 1; 0 for none), with as few bits per pixel as the objects need. Smaller objects are on top.
 * @param masks by object, null for objects without one; at most 255
 * @param colours by object
 */
export async function drawOverlay(
  masks: readonly (MaskRuns | null)[],
  colours: readonly Rgb[],
  image: Size,
): Promise<Buffer> {
  if (colours.length > MAX_OBJECTS || masks.length > colours.length) {
    throw new RangeError(
      `Cannot draw ${masks.length} masks in ${colours.length} colours: each needs one, of at most ${MAX_OBJECTS}`,
    )
  }
  const layers = masks
    .flatMap((mask, index) => (mask ? [{ mask, number: index + 1 }] : []))
    .toSorted((a, b) => b.mask.areaPixels - a.mask.areaPixels)
  const noisy = isNoisy(layers)
  const bitDepth = noisy ? 8 : depthFor(colours.length)
  const data = noisy ? await deflatePainted(layers, image, 8) : deflateRuns(layers, image, bitDepth)
  const transparency = Buffer.alloc(colours.length + 1, OVERLAY_ALPHA)
  transparency[0] = 0
  return pngFile(image, bitDepth, INDEXED, [
    { type: 'PLTE', data: Buffer.from([0, 0, 0, ...colours.flat()]) },
    { type: 'tRNS', data: transparency },
    { type: 'IDAT', data },
  ])
}

/** The mask of one object: a 1-bit PNG of its box's size. White is the object, also where others cover it. */
export async function drawMask({ box, ...runs }: MaskRuns): Promise<Buffer> {
  const layers = [{ mask: { ...runs, box: { ...box, x: 0, y: 0 } }, number: 1 }]
  const data = isNoisy(layers) ? await deflatePainted(layers, box, 1) : deflateRuns(layers, box, 1)
  return pngFile(box, 1, GREYSCALE, [{ type: 'IDAT', data }])
}

function isNoisy(layers: readonly Layer[]): boolean {
  return layers.reduce((runs, { mask }) => runs + mask.spans.length / 3, 0) > MAX_WRITTEN_RUNS
}

function deflateRuns(layers: readonly Layer[], size: Size, bitDepth: BitDepth): Buffer {
  const deflater = new RunDeflater()
  flattenMasks(layers, size, new ScanlinePacker(bitDepth, deflater))
  return deflater.finish()
}

/** A palette has at most as many entries as the bit depth has values: PNG specification 11.2.2. */
function depthFor(objects: number): BitDepth {
  if (objects <= 1) return 1
  if (objects <= 3) return 2
  return objects <= 15 ? 4 : 8
}
