/** Prices of services beside the model, in US dollars, for the region us-central1 and without free tiers. */

export type UnitPrice = { usd: number; per: number; source: string; read: string }

const STORAGE = { source: 'https://cloud.google.com/storage/pricing', read: '2026-09-20' }
const FIRESTORE = { source: 'https://firebase.google.com/docs/firestore/pricing', read: '2026-08-18' }
const RUN = { source: 'third parties, of https://cloud.google.com/run/pricing', read: '2026' }

export const UNIT_PRICES = {
  firestoreReads: { usd: 0.03, per: 1e5, ...FIRESTORE },
  firestoreWrites: { usd: 0.09, per: 1e5, ...FIRESTORE },
  firestoreDeletes: { usd: 0.01, per: 1e5, ...FIRESTORE },
  storageClassA: { usd: 0.005, per: 1000, ...STORAGE },
  storageClassB: { usd: 0.0004, per: 1000, ...STORAGE },
  egressGiB: { usd: 0.12, per: 1, ...STORAGE },
  invocations: { usd: 0.4, per: 1e6, ...RUN },
  cpuSeconds: { usd: 0.000024, per: 1, ...RUN },
  gibSeconds: { usd: 0.0000025, per: 1, ...RUN },
} satisfies Record<string, UnitPrice>

export type Unit = keyof typeof UNIT_PRICES

export function priceOfUnits(unit: Unit, count: number): number {
  const { usd, per } = UNIT_PRICES[unit]
  return (count * usd) / per
}

/** Other services, for 1,000 photos each. */
export const PEERS: { name: string; usd: string; does: string; lacks: string; source: string }[] = [
  {
    name: 'Cloud Vision, label detection and object localization',
    usd: '3.75 (1.50 + 2.25)',
    does: 'labels and boxes with scores, from fixed vocabularies in English',
    lacks: 'caption, alt text, masks, questions. Text costs 1.50 more',
    source:
      'https://cloud.google.com/vision/pricing, by third parties; 1,000 units a month are free; the page itself could not be read',
  },
  {
    name: 'Amazon Rekognition, DetectLabels',
    usd: '1.00',
    does: 'labels with scores; boxes for common objects; English',
    lacks: 'caption, alt text, masks, questions. Text is another call at the same price group',
    source: 'https://aws.amazon.com/rekognition/pricing/, copied 2026-10-07; first million images a month',
  },
  {
    name: 'Firebase extension storage-label-images',
    usd: '1.50 + functions',
    does: 'labels by Cloud Vision, written to Firestore',
    lacks: 'boxes, masks, caption, text, questions, deletion of results',
    source:
      'https://extensions.dev/extensions/googlecloud/storage-label-images; price of Cloud Vision as above',
  },
  {
    name: 'Firebase extension storage-extract-image-text',
    usd: '1.50 + functions',
    does: 'text by Cloud Vision, written to Firestore',
    lacks: 'everything else',
    source: 'https://extensions.dev/extensions/googlecloud/storage-extract-image-text; price as above',
  },
  {
    name: 'Firebase extension firestore-multimodal-genai',
    usd: 'the price of one model request with your prompt',
    does: 'one free-form answer of Gemini for a document',
    lacks: 'boxes in pixels, masks, validation, retries across deliveries, quotas',
    source: 'https://extensions.dev/extensions/googlecloud/firestore-multimodal-genai',
  },
]
