import type { PreparedImage } from './prepare.ts'

const FIT = { width: 320, height: 320, fit: 'inside', withoutEnlargement: true } as const
const MAX_BYTES = 20_000
/** The first is enough for most photos. Only noise needs one of the last. */
const QUALITIES = [80, 65, 50, 30, 10, 1]

export type Thumbnail = { jpeg: Buffer; width: number; height: number }

/**
 * A JPEG of at most 320 pixels and 20 kB, made from the JPEG copy: keeping the copy's pixels while the model
 * works would take 7 MB per photo and save 3 ms.
 * @returns undefined for a copy that is no JPEG, since no decoder is enabled for its format
 */
export async function thumbnailOf({ data: copy, mimeType }: PreparedImage): Promise<Thumbnail | undefined> {
  if (mimeType !== 'image/jpeg') return undefined
  const { sharp } = await import('./loaders.ts')
  const { data, info } = await sharp(copy).resize(FIT).raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  for (const quality of QUALITIES) {
    const jpeg = await sharp(data, { raw: { width, height, channels } }).jpeg({ quality }).toBuffer()
    if (jpeg.length <= MAX_BYTES) return { jpeg, width, height }
  }
  return undefined
}
