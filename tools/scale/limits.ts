/**
 * Documented limits of the services, for docs/scale.md. `read`: when the stored copy of the page was read.
 * `verified: false`: found only at third parties, or not published.
 */
export type ServiceLimit = {
  service: string
  limit: string
  source: string
  read: string
  verified: boolean
  note: string
}

const READ = '2026-11-30'
const stored = { read: READ, verified: true }
const thirdParty = { read: READ, verified: false }

export const LIMITS = {
  instances: {
    service: 'Cloud Run functions',
    limit:
      '1,000 instances of 1 vCPU and 2 GiB, for a regional quota of 1,000 vCPUs and 2,000 GiB. All services of the region share the quota',
    source: 'https://docs.cloud.google.com/run/docs/configuring/max-instances-limits',
    ...stored,
    note: 'The numbers are the example of the page. The console shows the quota of your project, which can be raised',
  },
  concurrency: {
    service: 'Cloud Run functions',
    limit: '1,000 requests at a time for each instance',
    source: 'https://docs.cloud.google.com/run/docs/about-concurrency',
    ...stored,
    note: 'Firesight uses far fewer, because each photo needs memory',
  },
  timeouts: {
    service: 'Cloud Functions',
    limit: '540 s for events, 1,800 s for task queues, 3,600 s for HTTP',
    source:
      'https://firebase.google.com/docs/reference/functions/2nd-gen/node/firebase-functions.tasks.taskqueueoptions',
    ...stored,
    note: 'A photo has 300 s, a sweep 540 s',
  },
  eventRate: {
    service: 'Eventarc, Pub/Sub push',
    limit: 'no rate of events is published',
    source: 'https://docs.cloud.google.com/eventarc/docs/quotas',
    ...stored,
    note: 'Pub/Sub adapts the push rate to the successful responses (https://docs.cloud.google.com/pubsub/docs/push). Its quota of bytes per region was not verified',
  },
  eventRetries: {
    service: 'Eventarc',
    limit: 'events of at most 512 KB, redelivered after 10 to 600 s, for 24 hours',
    source: 'https://docs.cloud.google.com/eventarc/docs/retry-events',
    ...stored,
    note: 'Events that cannot be delivered in 24 hours are lost. The daily sweep finds their photos',
  },
  dispatches: {
    service: 'Cloud Tasks',
    limit: '500 dispatches a second for each queue',
    source: 'https://docs.cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues#RateLimits',
    ...stored,
    note: 'Only sweeps and backfills use queues',
  },
  sequentialWrites: {
    service: 'Firestore',
    limit: '500 writes a second to a collection with sequential values in an indexed field',
    source: 'https://firebase.google.com/docs/firestore/solutions/shard-timestamp',
    ...stored,
    note: 'A soft limit. It does not apply to fields without an index',
  },
  documentWrites: {
    service: 'Firestore',
    limit: 'about 1 write a second to a document, sustained',
    source: 'https://firebase.google.com/products/extensions/firebase-firestore-counter',
    ...stored,
    note: 'A soft limit: the best practices say that the rate depends on the workload. The capacity grows with the shards (https://firebase.google.com/docs/firestore/solutions/counters)',
  },
  rampUp: {
    service: 'Firestore',
    limit: '500 operations a second to a new collection, then 50 % more every 5 minutes',
    source: 'https://firebase.google.com/docs/firestore/best-practices',
    ...stored,
    note: 'From 500 to 10,000 operations a second in 40 minutes. No upper limit of a database is published any more',
  },
  transactions: {
    service: 'Firestore',
    limit: 'requests of at most 10 MiB, transactions of at most 270 s',
    source: 'https://firebase.google.com/docs/firestore/quotas',
    ...stored,
    note: 'The largest documents have 1 MiB, and no transaction waits for the model',
  },
  objectWrites: {
    service: 'Cloud Storage',
    limit: 'about 1,000 writes a second to a new bucket, then doubled at most every 20 minutes',
    source: 'https://docs.cloud.google.com/storage/docs/request-rate',
    ...stored,
    note: 'Autoscaling follows within minutes if names do not grow sequentially: ours begin with the id of the user',
  },
  objectReads: {
    service: 'Cloud Storage',
    limit: 'about 5,000 reads and lists a second from a new bucket, then doubled at most every 20 minutes',
    source: 'https://docs.cloud.google.com/storage/docs/request-rate',
    ...stored,
    note: 'A list request returns at most 1,000 objects',
  },
  spend: {
    service: 'Gemini API',
    limit: 'tier 1: 250 dollars a month, tier 2: 2,000, tier 3: 20,000 to 100,000 and more',
    source: 'https://ai.google.dev/gemini-api/docs/rate-limits',
    ...stored,
    note: 'Caps of the billing account. Ask Google for more, or use Vertex AI',
  },
  requests: {
    service: 'Gemini API',
    limit: 'requests and tokens a minute of your tier: shown in AI Studio, not published',
    source: 'https://ai.google.dev/gemini-api/docs/rate-limits',
    ...thirdParty,
    note: 'Third parties name 150 to 300 requests a minute for tier 1, 1,000 for tier 2 and 4,000 for tier 3 (https://aifreeapi.com/en/posts/gemini-api-rate-limits-per-tier)',
  },
  vertexTokens: {
    service: 'Vertex AI',
    limit: '10,000,000 tokens a minute for Flash models above 2,000 dollars in 30 days',
    source: 'https://docs.cloud.google.com/vertex-ai/generative-ai/docs/standard-paygo',
    ...stored,
    note: 'A prioritised threshold, not a cap: more is served if there is capacity. Reserve Provisioned Throughput for more. Whether output counts was not verified',
  },
  vertexRequests: {
    service: 'Vertex AI',
    limit: 'possibly 30,000 requests a minute for each model and region',
    source: 'https://docs.cloud.google.com/vertex-ai/generative-ai/docs/dsq',
    ...thirdParty,
    note: 'Only an older translation of the page names it, the English page does not. It would allow 250 photos a second with two steps each: ask Google before you plan more',
  },
} satisfies Record<string, ServiceLimit>

/** The numbers of `LIMITS` that are calculated with, per second. */
export const MAX = {
  instances: 1000,
  sequentialWrites: 500,
  documentWrites: 1,
  objectWrites: 1000,
  objectReads: 5000,
  dispatches: 500,
  tierOneDollars: 250,
  tierThreeDollars: 100_000,
  tierOneRequestsPerMinute: 150,
  tierThreeRequestsPerMinute: 4000,
  vertexTierOneTokensPerMinute: 2_000_000,
  vertexTokensPerMinute: 10_000_000,
} as const
