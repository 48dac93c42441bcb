export type JpegHeader = {
  width: number
  height: number
  /** 1 grey, 3 YCbCr, 4 CMYK; all at full resolution. */
  components?: 1 | 3 | 4
  progressive?: boolean
  /** Additional scans of a progressive image, which change nothing. */
  scans?: number
}

const SOI = Buffer.from([0xff, 0xd8])
const EOI = Buffer.from([0xff, 0xd9])
/** Length in blocks of a run without coefficients in this band: 14 zero bits follow. ITU T.81, G.1.2.2. */
const RUN_OF_BLOCKS = 2 ** 14

/** A marker segment. ITU T.81, B.1.1.4. */
export function segment(marker: number, content: Buffer | readonly number[]): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(content.length + 2)
  return Buffer.concat([Buffer.from([0xff, marker]), length, Buffer.from(content)])
}

/**
 * The smallest JPEG of one colour: each code table has one code of one bit, so that all entropy-coded data
 * are zeros. ITU T.81, B.2 and annexes F and G.
 */
export function flatJpeg(header: JpegHeader): Buffer {
  const { width, height, components = 3, progressive = false, scans = 0 } = header
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8)
  const all = Array.from({ length: components }, (_, index) => index + 1)
  const zeros = (bits: number) => Buffer.alloc(Math.ceil(bits / 8))
  const first = progressive
    ? [startOfScan(all, 0, 0), zeros(blocks * components)]
    : [startOfScan(all, 0, 63), zeros(blocks * components * 2)]
  return Buffer.concat([
    SOI,
    tables(progressive),
    frame(header),
    ...first,
    ...Array.from({ length: scans }, (_, index) => emptyScan(index, components, blocks)).flat(),
    EOI,
  ])
}

/** The header of a JPEG, without pixels. */
export function jpegWithoutPixels(header: JpegHeader): Buffer {
  const components = Array.from({ length: header.components ?? 3 }, (_, index) => index + 1)
  return Buffer.concat([SOI, tables(false), frame(header), startOfScan(components, 0, 63), EOI])
}

function frame({ width, height, components = 3, progressive = false }: JpegHeader): Buffer {
  const size = Buffer.alloc(5)
  size.writeUInt8(8, 0)
  size.writeUInt16BE(height, 1)
  size.writeUInt16BE(width, 3)
  const parts = Array.from({ length: components }, (_, index) => [index + 1, 0x11, 0]).flat()
  return segment(progressive ? 0xc2 : 0xc0, Buffer.concat([size, Buffer.from([components, ...parts])]))
}

/**
 * Quantisation by 1. One code, `0`, for "no difference" and "end of block"; in bands of progressive pictures
 * for a run of blocks.
 */
function tables(progressive: boolean): Buffer {
  const oneCode = [1, ...Array<number>(15).fill(0)]
  const endOfBand = progressive ? 0xe0 : 0
  return Buffer.concat([
    segment(0xdb, [0, ...Array<number>(64).fill(1)]),
    segment(0xc4, [0x00, ...oneCode, 0]),
    segment(0xc4, [0x10, ...oneCode, endOfBand]),
  ])
}

function startOfScan(components: readonly number[], from: number, to: number): Buffer {
  return segment(0xda, [components.length, ...components.flatMap((id) => [id, 0]), from, to, 0])
}

/** A scan of one coefficient of one component: each time the next band. */
function emptyScan(index: number, components: number, blocks: number): Buffer[] {
  const band = 1 + (Math.floor(index / components) % 63)
  const bits = Math.ceil(blocks / RUN_OF_BLOCKS) * 15
  return [startOfScan([1 + (index % components)], band, band), Buffer.alloc(Math.ceil(bits / 8))]
}
