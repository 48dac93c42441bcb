/**
 * The collections of the functions' own state, at the top level or below `firesight/{instanceId}`. TTL
 * policies and indexes apply to all collections of a name, so the prefix protects collections of an app.
 */
export const STATE_COLLECTIONS = {
  instances: 'firesight',
  settings: 'firesightSettings',
  quotas: 'firesightQuotas',
  /** A document for each day, with the next two below it. */
  projectUsage: 'firesightProjectUsage',
  shards: 'firesightShards',
  reservations: 'firesightReservations',
  circuits: 'firesightCircuits',
  upkeep: 'firesightUpkeep',
  backfills: 'firesightBackfills',
  erasures: 'firesightErasures',
  modelFiles: 'firesightModelFiles',
} as const

export type StateCollection = (typeof STATE_COLLECTIONS)[keyof typeof STATE_COLLECTIONS]

/** A document of a state collection, relative to the state of an instance. */
export type StatePath = `${StateCollection}/${string}`
