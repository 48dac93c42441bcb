import type { Limits } from '../document/claim.ts'
import type { Config } from './config.ts'

/** The parameters that can reject a photo, as rejections store them. */
export function limitsOf({ maxImageBytes, maxImagePixels, heic }: Config): Limits {
  return {
    MAX_IMAGE_BYTES: maxImageBytes,
    MAX_IMAGE_PIXELS: maxImagePixels,
    HEIC: heic,
  }
}
