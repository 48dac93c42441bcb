import { createRequire } from 'node:module'
import { expect, it, test } from 'vitest'
import { regionForBucket } from '../../../tools/bucket-regions.ts'

const { regionInLocation } = createRequire(import.meta.url)('firebase-tools/lib/gcp/location.js') as {
  regionInLocation: (region: string, location: string) => boolean
}

test.each(['US', 'EU', 'ASIA', 'NAM4', 'EUR4', 'ASIA1'])(
  'the Firebase CLI accepts the region for a bucket in %s',
  (location) => {
    expect(regionInLocation(regionForBucket(location) ?? '', location)).toBe(true)
  },
)

it('keeps a single region and rejects locations that it does not know', () => {
  expect(regionForBucket('EUROPE-WEST1')).toBe('europe-west1')
  expect(regionForBucket('EUR7')).toBeUndefined()
})
