import { VisionError } from '../errors.ts'
import type { UrlImages } from './url-images.ts'

export function httpsImages(): UrlImages {
  return {
    async fetch() {
      throw new VisionError('url-not-allowed', 'Cannot fetch images by URL yet')
    },
  }
}
