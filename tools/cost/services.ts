/** Prices of services beside the model, in US dollars, for the region us-central1 and without free tiers. */

export type UnitPrice = { usd: number; per: number; source: string; read: string }

const STORAGE = { source: 'https://cloud.google.com/storage/pricing', read: '2026-09-20' }
const FIRESTORE = { source: 'https://firebase.google.com/docs/firestore/pricing', read: '2026-08-18' }
/** Stored copies of Google's page, without a date, and third parties of 2026 that state the same. */
const RUN = { source: 'https://cloud.google.com/run/pricing (stored copy)', read: '2026-11-30' }

export const UNIT_PRICES = {
  firestoreReads: { usd: 0.03, per: 1e5, ...FIRESTORE },
  firestoreWrites: { usd: 0.09, per: 1e5, ...FIRESTORE },
  firestoreDeletes: { usd: 0.01, per: 1e5, ...FIRESTORE },
  storageClassA: { usd: 0.005, per: 1000, ...STORAGE },
  storageClassB: { usd: 0.0004, per: 1000, ...STORAGE },
  storageGibMonths: { usd: 0.02, per: 1, ...STORAGE },
  egressGiB: { usd: 0.12, per: 1, ...STORAGE },
  invocations: { usd: 0.4, per: 1e6, ...RUN },
  cpuSeconds: { usd: 0.000024, per: 1, ...RUN },
  gibSeconds: { usd: 0.0000025, per: 1, ...RUN },
  tasks: {
    usd: 0.4,
    per: 1e6,
    source: 'https://cloud.google.com/tasks/docs/pricing (stored copy)',
    read: '2026-11-30',
  },
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
      'https://cloud.google.com/vision/pricing (stored copy, read 2026-11-30; the same by a third party of May 2026); 1,000 units of each a month are free, prices up to 5 million',
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
      'https://extensions.dev/extensions/googlecloud/storage-label-images, 2026-11-30; price of Cloud Vision as above',
  },
  {
    name: 'Firebase extension storage-extract-image-text',
    usd: '1.50 + functions',
    does: 'text by Cloud Vision, written to Firestore; with DETAIL=full also the boxes of its words',
    lacks: 'boxes of objects, labels, masks, caption, questions, deletion of results',
    source:
      'https://extensions.dev/extensions/googlecloud/storage-extract-image-text, 2026-11-30; price of Cloud Vision as above',
  },
  {
    name: 'Firebase extension storage-detect-objects (community: jauntybrain)',
    usd: '2.25 + functions',
    does: 'boxes with labels and scores by Cloud Vision, written to Firestore',
    lacks: 'caption, masks, text, questions, deletion of results',
    source:
      'https://extensions.dev/extensions/jauntybrain/storage-detect-objects, 2026-11-30; price of Cloud Vision as above',
  },
  {
    name: 'Firebase extension firestore-multimodal-genai',
    usd: 'the price of one model request with your prompt',
    does: 'one free-form answer of Gemini to one prompt for each document: a caption, or the answer to a question',
    lacks: 'several fields, boxes in pixels, masks, validation, retries across deliveries, quotas',
    source: 'https://extensions.dev/extensions/googlecloud/firestore-multimodal-genai, 2026-11-30',
  },
]
