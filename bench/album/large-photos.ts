import { randomFillSync } from 'node:crypto'
import sharp from 'sharp'
import { heifGrid } from '../../test/hostile/pictures/heif-grid.ts'
import { box } from '../../test/support/heif-boxes.ts'
import { gridOf, heifFile, ispe, SHAPES, shapes } from '../../test/support/heif-file.ts'
import { drawPhoto } from '../data/photos.ts'

/** A photo of the largest size. `parameters`: of the functions. */
export type LargePhoto = {
  name: string
  contentType: string
  make: () => Promise<Buffer>
  parameters?: Record<string, string>
}

const SIZE_48_MP = { width: 8064, height: 6048 }
const MAX_BYTES = 20 * 2 ** 20
const [jpeg, heic] = ['image/jpeg', 'image/heic']
const NOISE = { width: 6400, height: 4400 }

/** The photos that need the most memory, by their kind. */
export function largePhotos(): LargePhoto[] {
  const photo48 = async (progressive: boolean) =>
    (await drawPhoto(SIZE_48_MP, 1)).jpeg({ quality: 90, progressive }).toBuffer()
  return [
    { name: 'JPEG of 20 MB, 28 MP', contentType: jpeg, make: noise },
    { name: 'JPEG of 48 MP', contentType: jpeg, make: async () => photo48(false) },
    { name: 'JPEG of 48 MP, progressive', contentType: jpeg, make: async () => photo48(true) },
    {
      name: 'JPEG of 48 MP, `FULL_RESOLUTION=true`',
      contentType: jpeg,
      make: async () => photo48(false),
      parameters: { FULL_RESOLUTION: 'true' },
    },
    { name: 'HEIC original of 20 MB', contentType: heic, make: async () => heicOf(MAX_BYTES - 100_000) },
    { name: 'HEIC original of 4 MB', contentType: heic, make: async () => heicOf(3_990_000) },
    {
      name: 'HEIC of 47 MP and 20 MB, `HEIC=decode`',
      contentType: heic,
      make: async () => {
        const grid = heifGrid(7, 7, { width: 8400, height: 5600 })
        return Buffer.concat([grid, box('free', Buffer.alloc(MAX_BYTES - grid.length - 8))])
      },
      parameters: { HEIC: 'decode' },
    },
  ]
}

/** Sensor noise, at the quality that gives almost the largest file. */
async function noise(): Promise<Buffer> {
  const { width, height } = NOISE
  const raw = { width, height, channels: 3 } as const
  const pixels = randomFillSync(Buffer.alloc(width * height * 3))
  let best: Buffer | undefined
  for (const quality of [60, 70, 75, 80, 85]) {
    const file = await sharp(pixels, { raw }).jpeg({ quality }).toBuffer()
    if (file.length <= MAX_BYTES) best = file
  }
  if (!best) throw new Error(`Cannot make a JPEG of noise within ${MAX_BYTES} bytes`)
  return best
}

/** A grid of 4 x 4 tiles whose coded pictures are padded. Only a decoder could notice. */
function heicOf(bytes: number): Buffer {
  const columns = 4
  const ids = Array.from({ length: columns ** 2 }, (_, index) => index + 2)
  const tileBytes = Math.floor(bytes / ids.length)
  const [width, height] = [4800, 3200]
  const grid = {
    id: 1,
    type: 'grid',
    properties: [ispe(width, height)],
    data: gridOf(columns, columns, width, height),
    references: { dimg: ids },
  }
  const tiles = ids.map((id) => ({ ...shapes(id), data: padded(SHAPES.coded, tileBytes) }))
  return heifFile([grid, ...tiles])
}

/** Enlarges the last NAL unit, which has a length of four bytes. */
function padded(coded: Buffer, bytes: number): Buffer {
  let at = 0
  for (let next = 0; next < coded.length; next += 4 + coded.readUInt32BE(next)) at = next
  const data = Buffer.concat([coded, randomFillSync(Buffer.alloc(bytes - coded.length))])
  data.writeUInt32BE(bytes - at - 4, at)
  return data
}
