import sharp, { type Metadata, type Sharp } from 'sharp'

/** An upright image: its original size, and a small copy of its pixels for the analysis. */
export type Picture = { width: number; height: number; copy: Raster }

/** sRGB pixels, three bytes each, row by row from the top left. */
export type Raster = { width: number; height: number; rgb: Uint8Array }

type ImageSize = { width: number; height: number }

// Large enough for errors of boxes and masks well below 1 %. JPEG decoding can shrink 12 megapixels to this
// size.
const COPY_LONG_SIDE = 768
const MAX_PIXELS = 200e6

export class UnreadableImageError extends Error {
  override name = 'UnreadableImageError'
}

/** Decodes an image the way a viewer shows it: EXIF orientation applied, on white, in sRGB. */
export async function decodePicture(bytes: Buffer): Promise<Picture> {
  try {
    const metadata = await readHeader(bytes)
    const { width, height } = uprightSize(metadata)
    const source = metadata.compression === 'hevc' ? await decodeHevc(bytes) : open(bytes).autoOrient()
    const { data, info } = await source
      .resize({
        width: COPY_LONG_SIDE,
        height: COPY_LONG_SIDE,
        fit: 'inside',
        withoutEnlargement: true,
        // Without ringing, a pixel on an edge is a linear mix of the colours on both sides.
        kernel: 'linear',
      })
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    return {
      width,
      height,
      copy: { width: info.width, height: info.height, rgb: threeChannels(data, info.channels) },
    }
  } catch (cause) {
    if (cause instanceof UnreadableImageError || cause instanceof MissingDecoderError) throw cause
    throw new UnreadableImageError(`Cannot decode an image of ${bytes.length} bytes`, { cause })
  }
}

/** Reads the upright size from the header. */
export async function readImageSize(bytes: Buffer): Promise<ImageSize> {
  return uprightSize(await readHeader(bytes))
}

async function readHeader(bytes: Buffer): Promise<Metadata> {
  const metadata = await open(bytes)
    .metadata()
    .catch((cause: unknown) => {
      throw new UnreadableImageError(`Cannot read the header of an image of ${bytes.length} bytes`, { cause })
    })
  if (!['png', 'jpeg', 'webp', 'heif'].includes(metadata.format))
    throw new UnreadableImageError(
      `Unsupported format ${metadata.format}: the supported formats are PNG, JPEG, WebP, HEIC and HEIF`,
    )
  return metadata
}

function open(bytes: Buffer): Sharp {
  return sharp(bytes, { limitInputPixels: MAX_PIXELS })
}

function uprightSize({ width, height, orientation = 1 }: Metadata): ImageSize {
  return orientation >= 5 ? { width: height, height: width } : { width, height }
}

export class MissingDecoderError extends Error {
  override name = 'MissingDecoderError'
}

/** libheif-js is an optional peer of the package. */
async function loadDecoder() {
  try {
    return (await import('libheif-js/wasm-bundle.js')).default
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new MissingDecoderError(
      'The emulator cannot decode HEIC images, because the package libheif-js is not installed. ' +
        'Install it next to @firesight/gemini-emulator: npm install --save-dev libheif-js',
      { cause: error },
    )
  }
}

/**
 * The libheif in sharp cannot decode HEVC, the format of iPhone photos.
 * https://sharp.pixelplumbing.com/api-output/#heif, 2026-11.
 */
async function decodeHevc(bytes: Buffer): Promise<Sharp> {
  const libheif = await loadDecoder()
  const decoder = new libheif.HeifDecoder()
  const images = decoder.decode(bytes)
  try {
    const primary = libheif.heif_js_context_get_primary_image_handle(decoder.decoder)
    if ('code' in primary) throw new UnreadableImageError(`Cannot decode a HEIC image: ${primary.message}`)
    const image = new libheif.HeifImage(primary)
    images.push(image)
    const [width, height] = [image.get_width(), image.get_height()]
    const data = new Uint8ClampedArray(width * height * 4)
    const displayed = await new Promise((resolve) => image.display({ data, width, height }, resolve))
    if (!displayed) throw new UnreadableImageError('Cannot decode the pixels of a HEIC image')
    return sharp(new Uint8Array(data.buffer), {
      raw: { width, height, channels: 4 },
      limitInputPixels: MAX_PIXELS,
    })
  } finally {
    for (const image of images) image.free()
    decoder.decoder.delete()
  }
}

function threeChannels(data: Buffer, channels: number): Uint8Array {
  if (channels === 3) return data
  const rgb = new Uint8Array((data.length / channels) * 3)
  for (let i = 0; i < data.length / channels; i++) {
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = data[i * channels + (channels >= 3 ? c : 0)]!
  }
  return rgb
}
