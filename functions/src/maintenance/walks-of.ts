import type { Config } from '../config/config.ts'
import { resultPatterns } from '../document/storage-paths.ts'

/** A part of a bucket that holds uploads, results, or both. */
export type Place = { bucket: string; prefix: string }

/** Where objects of ours may lie: each once, and no more of the buckets than needed. */
export function walksOf(bucket: string, { uploadPath, outputBucket }: Config): Place[] {
  const uploads = { bucket, prefix: fixedStart(uploadPath) }
  const results = resultPatterns(uploadPath).map((pattern) => ({
    bucket: outputBucket || bucket,
    prefix: fixedStart(pattern),
  }))
  const places = [uploads, ...results]
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

/** What all names that match a pattern begin with: `users/` of `users/{uid}/uploads/{fileName}`. */
export function fixedStart(pattern: string): string {
  const segments = pattern.split('/')
  const free = segments.findIndex((segment) => segment.startsWith('{'))
  return free === -1
    ? pattern
    : segments
        .slice(0, free)
        .map((segment) => `${segment}/`)
        .join('')
}
