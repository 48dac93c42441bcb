/**
 * Regions for buckets that are in several. Functions with a Storage trigger must run within the bucket's location.
 * These regions have the lower price of Cloud Functions, and the Firebase CLI accepts them for the location.
 * https://firebase.google.com/docs/functions/locations and firebase-tools 15.34.2, lib/gcp/location.js, 2026-11
 */
const REGIONS: Record<string, string> = {
  us: 'us-central1',
  eu: 'europe-west1',
  asia: 'asia-east1',
  nam4: 'us-central1',
  eur4: 'europe-west4',
  asia1: 'asia-northeast1',
}

/**
 * The region of the functions for a bucket's location, as Cloud Storage reports it (`US`, `EUROPE-WEST1`).
 * @returns undefined for other dual-regions: the Firebase CLI knows no region in them
 */
export function regionForBucket(location: string): string | undefined {
  const name = location.toLowerCase()
  return REGIONS[name] ?? (name.includes('-') ? name : undefined)
}
