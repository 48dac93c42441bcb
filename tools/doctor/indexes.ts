import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { root } from '../paths.ts'
import type { Finding } from './finding.ts'
import type { Google } from './google.ts'

const field = z.looseObject({
  fieldPath: z.string(),
  order: z.string().optional(),
  arrayConfig: z.string().optional(),
})

const wanted = z.looseObject({
  indexes: z.array(
    z.looseObject({ collectionGroup: z.string(), queryScope: z.string(), fields: z.array(field) }),
  ),
  fieldOverrides: z.array(
    z.looseObject({
      collectionGroup: z.string(),
      fieldPath: z.string(),
      ttl: z.boolean().default(false),
      indexes: z.array(z.unknown()),
    }),
  ),
})

// https://docs.cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.collectionGroups.indexes
// and .fields, read 2026-11-27
const deployedIndex = z.looseObject({
  name: z.string(),
  queryScope: z.string(),
  fields: z.array(field),
  state: z.string(),
})
const deployedField = z.looseObject({
  name: z.string(),
  ttlConfig: z.looseObject({ state: z.string().default('STATE_UNSPECIFIED') }).optional(),
  indexConfig: z
    .looseObject({
      indexes: z.array(z.unknown()).default([]),
      usesAncestorConfig: z.boolean().default(false),
    })
    .optional(),
})

type Wanted = z.output<typeof wanted>

export function wantedIndexes(file = join(root, 'firestore.indexes.json')): Wanted {
  return wanted.parse(JSON.parse(readFileSync(file, 'utf8')))
}

/** The indexes with another name for the collection `images` (IMAGES_COLLECTION). */
export function withCollection({ indexes, fieldOverrides }: Wanted, collection: string): Wanted {
  const rename = <T extends { collectionGroup: string }>(part: T): T =>
    part.collectionGroup === 'images' ? { ...part, collectionGroup: collection } : part
  return { indexes: indexes.map(rename), fieldOverrides: fieldOverrides.map(rename) }
}

const groups = (google: Google, database: string) =>
  `v1/projects/${google.project}/databases/${database}/collectionGroups/-`

/** Checks that each composite index is ready. Queries fail without their index. */
export async function checkIndexes(
  google: Google,
  { indexes }: Wanted,
  database = '(default)',
): Promise<Omit<Finding, 'check'>[]> {
  const { items } = await google.list(
    'firestore',
    `${groups(google, database)}/indexes`,
    'indexes',
    deployedIndex,
  )
  const states = new Map(items.map((index) => [keyOf(groupOf(index.name), index), index.state]))
  return toFindings(
    google,
    'composite indexes',
    indexes.map((index) => ({
      name: `${index.collectionGroup} (${index.fields.map(({ fieldPath }) => fieldPath).join(', ')})`,
      state: states.get(keyOf(index.collectionGroup, index)),
      ready: 'READY',
    })),
  )
}

/** Checks that TTL policies are active, and that unqueried fields have no index. */
export async function checkFields(
  google: Google,
  { fieldOverrides }: Wanted,
  database = '(default)',
): Promise<Omit<Finding, 'check'>[]> {
  const filter = encodeURIComponent('indexConfig.usesAncestorConfig=false OR ttlConfig:*')
  const { items } = await google.list(
    'firestore',
    `${groups(google, database)}/fields?filter=${filter}`,
    'fields',
    deployedField,
  )
  const byName = new Map(
    items.map((found) => [`${groupOf(found.name)}.${found.name.split('/').at(-1)}`, found]),
  )
  const wantedFields = fieldOverrides.flatMap(({ collectionGroup, fieldPath, ttl, indexes }) => {
    const name = `${collectionGroup}.${fieldPath}`
    const found = byName.get(name)
    const isExempt =
      found?.indexConfig?.usesAncestorConfig !== true && found?.indexConfig?.indexes.length === 0
    return [
      ...(ttl ? [{ name: `TTL of ${name}`, state: found?.ttlConfig?.state, ready: 'ACTIVE' }] : []),
      ...(indexes.length === 0
        ? [{ name: `index exemption of ${name}`, state: isExempt ? 'READY' : undefined, ready: 'READY' }]
        : []),
    ]
  })
  return toFindings(google, 'TTL policies and exemptions', wantedFields)
}

function toFindings(
  google: Google,
  kind: string,
  parts: { name: string; state: string | undefined; ready: string }[],
): Omit<Finding, 'check'>[] {
  const wrong = parts.filter(({ state, ready }) => state !== ready)
  if (wrong.length === 0) return [{ state: 'ok', found: `${parts.length} ${kind} ready` }]
  const missing = wrong.filter(({ state }) => state === undefined)
  return [
    {
      state: 'problem',
      found: wrong.map(({ name, state }) => `${name}: ${state ?? 'missing'}`).join('; '),
      expected: `all ${kind} of firestore.indexes.json, ready`,
      command:
        missing.length > 0 || wrong.some(({ state }) => state === 'NEEDS_REPAIR')
          ? `firebase deploy --only firestore:indexes --project ${google.project}`
          : 'npm run doctor   # later, when they have been built',
    },
  ]
}

function groupOf(name: string): string {
  return /collectionGroups\/([^/]+)/.exec(name)?.[1] ?? ''
}

/** Ignores `__name__`, which the service adds as the last field. */
function keyOf(
  group: string,
  { queryScope, fields }: { queryScope: string; fields: z.output<typeof field>[] },
): string {
  const parts = fields
    .filter(({ fieldPath }) => fieldPath !== '__name__')
    .map(({ fieldPath, order, arrayConfig }) => `${fieldPath} ${order ?? arrayConfig}`)
  return [group, queryScope, ...parts].join('|')
}
