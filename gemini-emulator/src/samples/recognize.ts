import type { Picture } from '../vision/picture.ts'
import { fingerprintDistance, fingerprintOf } from './fingerprint.ts'
import { SAMPLES, type Sample } from './sample.ts'

// Scaled and compressed copies of the samples differ by less than 2, other pictures by more than 25.
const MAX_DISTANCE = 6
const MAX_STRETCH = 1.02

const fingerprints = SAMPLES.map(({ fingerprint }) => Buffer.from(fingerprint, 'base64'))

/** The sample that a picture shows, also scaled or compressed; undefined for other pictures. */
export function recognizeSample({ width, height, copy }: Picture): Sample | undefined {
  const candidates = SAMPLES.map((sample, i) => ({ sample, known: fingerprints[i]! })).filter(
    ({ sample }) => {
      const stretch = (width * sample.height) / (height * sample.width)
      return Math.max(stretch, 1 / stretch) <= MAX_STRETCH
    },
  )
  if (candidates.length === 0) return undefined
  const own = fingerprintOf(copy)
  return candidates.find(({ known }) => fingerprintDistance(own, known) <= MAX_DISTANCE)?.sample
}
