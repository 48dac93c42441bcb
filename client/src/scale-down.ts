import { FiresightError, invalidField } from './error.ts'
import type { PhotoType } from './formats.ts'

/** The part of the DOM that is used here. This package also runs outside browsers. */
type Bitmap = Size & { close(): void }
type Context = { imageSmoothingQuality: string; drawImage(image: Bitmap, ...box: number[]): void }
type Canvas = {
  getContext(kind: '2d'): Context | null
  convertToBlob(options: { type: string; quality: number }): Promise<Blob>
}
type Dom = {
  createImageBitmap?: (photo: Blob) => Promise<Bitmap>
  OffscreenCanvas: new (width: number, height: number) => Canvas
}

const dom = globalThis as unknown as Dom

export type Size = { width: number; height: number }

/** The formats that a browser can write. HEIC and HEIF are sent unchanged. */
const WRITABLE: readonly PhotoType[] = ['image/jpeg', 'image/png', 'image/webp']

/** 0 to 1, for JPEG and WebP. */
const QUALITY = 0.92

export function canScale(type: PhotoType): boolean {
  return WRITABLE.includes(type)
}

/**
 * @throws FiresightError `invalid-request` for a value that is not a whole number from 1, and outside a
 * browser
 */
export function checkMaxPixels(maxPixels: number): void {
  if (!Number.isSafeInteger(maxPixels) || maxPixels < 1)
    throw invalidField('maxPixels', `must be a whole number from 1; it is ${maxPixels}`)
  if (!dom.createImageBitmap)
    throw invalidField(
      'maxPixels',
      'needs a browser, which can decode images. Scale the photo before upload()',
    )
}

/**
 * The largest size with the same shape and at most `maxPixels` in total. Never larger than the given size,
 * and each side at least 1.
 */
export function scaledSize({ width, height }: Size, maxPixels: number): Size {
  if (width * height <= maxPixels) return { width, height }
  const factor = Math.sqrt(maxPixels / (width * height))
  // The smaller side is rounded down, but stays at least 1. The other side uses the pixels that remain.
  const [small, large] = width < height ? [width, height] : [height, width]
  const newSmall = Math.max(Math.floor(small * factor), 1)
  const newLarge = Math.max(
    Math.min(Math.round((newSmall * large) / small), Math.floor(maxPixels / newSmall)),
    1,
  )
  return width < height ? { width: newSmall, height: newLarge } : { width: newLarge, height: newSmall }
}

/**
 * A copy of the photo with at most `maxPixels`, upright, in sRGB and without metadata. Returns the photo
 * itself if it is small enough, if the browser cannot write its format, and if the browser cannot decode it.
 * @throws FiresightError `scaling-failed` if the browser cannot draw or write the copy
 */
export async function scaleDown(photo: Blob, type: PhotoType, maxPixels: number): Promise<Blob> {
  if (!canScale(type)) return photo
  // The bitmap is upright: the orientation of EXIF is applied.
  const bitmap = await dom.createImageBitmap?.(photo).catch(() => undefined)
  if (!bitmap) return photo
  try {
    const size = scaledSize(bitmap, maxPixels)
    return size.width === bitmap.width && size.height === bitmap.height
      ? photo
      : await draw(bitmap, size, type)
  } finally {
    bitmap.close()
  }
}

async function draw(bitmap: Bitmap, { width, height }: Size, type: PhotoType): Promise<Blob> {
  try {
    const canvas = new dom.OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')
    if (!context) throw new Error('the browser has no 2D canvas of this size')
    context.imageSmoothingQuality = 'high'
    context.drawImage(bitmap, 0, 0, width, height)
    const copy = await canvas.convertToBlob({ type, quality: QUALITY })
    // A browser writes PNG instead of a format that it cannot write, such as WebP in Safari.
    if (copy.type !== type) throw new Error(`the browser cannot write ${type}`)
    return copy
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new FiresightError({
      code: 'scaling-failed',
      message: `Could not scale the photo down to ${width} x ${height} pixels: ${reason}. Upload it without maxPixels.`,
      retryable: false,
      cause,
    })
  }
}
