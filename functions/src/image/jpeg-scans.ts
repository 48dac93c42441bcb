/** The work of a decoder before it returns the first pixel of a JPEG. */
export type JpegScans = {
  /** 1 if the first scan contains all data. */
  scans: number
  /** Memory for the coefficients of all components, which an image of several scans needs; otherwise 0. */
  coefficientBytes: number
}

const [SOF0, SOF15, DHT, JPG, DAC] = [0xc0, 0xcf, 0xc4, 0xc8, 0xcc]
const [TEM, RST0, RST7, SOI, EOI, SOS] = [0x01, 0xd0, 0xd7, 0xd8, 0xd9, 0xda]
/** 64 coefficients of two bytes. */
const BLOCK_BYTES = 128

/**
 * Reads the markers of a JPEG (ITU T.81, annex B) and decodes nothing. Damaged files are left to the decoder;
 * the bytes may be anything.
 */
export function readJpegScans(jpeg: Buffer): JpegScans {
  let scans = 0
  let frame: Frame | undefined
  for (let at = nextMarker(jpeg, 2); at < jpeg.length; ) {
    const marker = jpeg[at + 1]!
    if (marker === EOI) break
    const end = at + 2 + contentLength(jpeg, at)
    const content = jpeg.subarray(at + 4, end)
    if (isFrame(marker)) frame ??= readFrame(marker, content)
    if (marker === SOS) {
      scans++
      // Cameras write one scan with all components. Decoders read it row by row, and nothing after it.
      if (scans === 1 && frame?.progressive === false && content[0] === frame.components) break
    }
    at = nextMarker(jpeg, end)
  }
  return { scans, coefficientBytes: scans > 1 || frame?.progressive ? (frame?.coefficientBytes ?? 0) : 0 }
}

type Frame = { progressive: boolean; components: number; coefficientBytes: number }

/** B.2.2. A component with half the factor of the largest has half the blocks in that direction. */
function readFrame(marker: number, content: Buffer): Frame | undefined {
  if (content.length < 6) return undefined
  const [height, width, components] = [content.readUInt16BE(1), content.readUInt16BE(3), content[5]!]
  const factors: { across: number; down: number }[] = []
  for (let at = 7; at < 6 + 3 * components && at < content.length; at += 3) {
    factors.push({ across: content[at]! >> 4, down: content[at]! & 15 })
  }
  const most = {
    across: Math.max(...factors.map(({ across }) => across), 1),
    down: Math.max(...factors.map(({ down }) => down), 1),
  }
  const blocks = factors.reduce(
    (sum, { across, down }) =>
      sum + Math.ceil((width * across) / (8 * most.across)) * Math.ceil((height * down) / (8 * most.down)),
    0,
  )
  // Of every four frame types, the third is progressive. Table B.1.
  return { progressive: (marker & 3) === 2, components, coefficientBytes: blocks * BLOCK_BYTES }
}

/**
 * The next 0xff that begins a marker, not a stuffed zero, fill byte or restart. The length if there is none.
 */
function nextMarker(jpeg: Buffer, from: number): number {
  for (let at = from; at + 1 < jpeg.length; at++) {
    if (jpeg[at] !== 0xff) continue
    const next = jpeg[at + 1]!
    if (next !== 0 && next !== 0xff && (next < RST0 || next > RST7)) return at
  }
  return jpeg.length
}

function isFrame(marker: number): boolean {
  return marker >= SOF0 && marker <= SOF15 && marker !== DHT && marker !== JPG && marker !== DAC
}

/** Includes the two bytes of the length itself. */
function contentLength(jpeg: Buffer, at: number): number {
  const marker = jpeg[at + 1]!
  if (marker === TEM || marker === SOI || at + 4 > jpeg.length) return 0
  return Math.max(jpeg.readUInt16BE(at + 2), 2)
}
