import type { Config } from '../config/config.ts'
import { resultPatterns } from '../document/storage-paths.ts'

/** A part of a bucket that contains uploads, results, or both. */
export type Place = { bucket: string; prefix: string }

/**
 * The smallest set of prefixes that contains all uploads and results. No object is listed twice. Results come
 * before uploads, as in one bucket: their check needs the whole document, which then is not read again.
 */
export function scanPlaces(bucket: string, { uploadPath, outputBucket }: Config): Place[] {
  const uploads = { bucket, prefix: fixedPrefix(uploadPath) }
  const results = resultPatterns(uploadPath).map((pattern) => ({
    bucket: outputBucket || bucket,
    prefix: fixedPrefix(pattern),
  }))
  const places = [...results, uploads]
  return places.filter(
    (place, index) =>
      !places.some(
        (other, at) => at !== index && covers(other, place) && (at < index || !covers(place, other)),
      ),
  )
}

function covers(a: Place, b: Place): boolean {
  return a.bucket === b.bucket && b.prefix.startsWith(a.prefix)
}

/** The part of a pattern before its first placeholder: `users/` of `users/{uid}/uploads/{fileName}`. */
export function fixedPrefix(pattern: string): string {
  const segments = pattern.split('/')
  const first = segments.findIndex((segment) => segment.startsWith('{'))
  if (first === -1) return pattern
  return segments
    .slice(0, first)
    .map((segment) => `${segment}/`)
    .join('')
}
