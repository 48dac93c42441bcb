/* The responses have the format of the reference pages that each check links, read 2026-11-27. */
import { describe, expect, test } from 'vitest'
import { runCheck } from '../../../tools/doctor/finding.ts'
import { checkFields, checkIndexes, wantedIndexes, withCollection } from '../../../tools/doctor/indexes.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const server = useGoogleServer()
const states = (findings: { state: string }[]) => findings.map(({ state }) => state)

describe('indexes and fields', () => {
  const groups = 'firestore/v1/projects/photo-album/databases/(default)/collectionGroups/-'
  const names = 'projects/photo-album/databases/(default)/collectionGroups'
  const wanted = wantedIndexes()
  const indexes = (state = 'READY') =>
    wanted.indexes.map(({ collectionGroup, queryScope, fields }, id) => ({
      name: `${names}/${collectionGroup}/indexes/C${id}`,
      queryScope,
      fields: [...fields, { fieldPath: '__name__', order: 'DESCENDING' }],
      state,
    }))
  const fields = (ttl = 'ACTIVE') =>
    wanted.fieldOverrides.map((field) => ({
      name: `${names}/${field.collectionGroup}/fields/${field.fieldPath}`,
      indexConfig: { ancestorField: `${names}/__default__/fields/*` },
      ...(field.ttl && { ttlConfig: { state: ttl } }),
    }))

  test('checkIndexes() finds indexes on all pages', async () => {
    const [first, ...others] = indexes()
    server.put(`${groups}/indexes`, { indexes: [first], nextPageToken: 'a b' }, { indexes: others })
    expect(states(await checkIndexes(server.google(), wanted))).toEqual(['ok'])
    expect(server.asked).toContain(`${groups}/indexes?pageToken=a b`)
  })

  test('checkIndexes() reports missing indexes, and indexes that are being built', async () => {
    server.put(`${groups}/indexes`, { indexes: indexes().slice(1) })
    expect(await checkIndexes(server.google(), wanted)).toMatchObject([
      {
        state: 'problem',
        found: expect.stringContaining('missing'),
        command: expect.stringMatching(/^firebase/),
      },
    ])
    server.put(`${groups}/indexes`, { indexes: indexes('CREATING') })
    expect(await checkIndexes(server.google(), wanted)).toMatchObject([
      { state: 'problem', command: expect.stringMatching(/^npm run doctor/) },
    ])
  })

  test('checkIndexes() compares the order of fields', async () => {
    const found = indexes().map((index) => ({
      ...index,
      fields: index.fields.map((field) => ('order' in field ? { ...field, order: 'ASCENDING' } : field)),
    }))
    server.put(`${groups}/indexes`, { indexes: found })
    expect(states(await checkIndexes(server.google(), wanted))).toEqual(['problem'])
  })

  test('checkFields() requires every TTL policy and every index exemption', async () => {
    server.put(`${groups}/fields`, { fields: fields() })
    expect(states(await checkFields(server.google(), wanted))).toEqual(['ok'])
    server.put(`${groups}/fields`, { fields: fields('NEEDS_REPAIR') })
    expect(await checkFields(server.google(), wanted)).toMatchObject([
      { state: 'problem', found: expect.stringContaining('TTL of images.expireAt: NEEDS_REPAIR') },
    ])
    server.put(`${groups}/fields`, {
      fields: fields().filter(({ name }) => !name.endsWith('images/fields/steps')),
    })
    expect(await checkFields(server.google(), wanted)).toMatchObject([
      { state: 'problem', found: 'index exemption of images.steps: missing' },
    ])
  })

  test('are read from a named database, for another collection', async () => {
    const place = 'firestore/v1/projects/photo-album/databases/photos-eu/collectionGroups/-'
    server.put(`${place}/indexes`, { indexes: indexes() })
    server.put(`${place}/fields`, { fields: fields() })
    expect(states(await checkIndexes(server.google(), wanted, 'photos-eu'))).toEqual(['ok'])
    expect(states(await checkFields(server.google(), wanted, 'photos-eu'))).toEqual(['ok'])
    const pictures = withCollection(wanted, 'pictures')
    expect(await checkIndexes(server.google(), pictures, 'photos-eu')).toMatchObject([
      { found: expect.stringMatching(/^pictures \(owner, dueAt\): missing/) },
    ])
    expect(await checkFields(server.google(), pictures, 'photos-eu')).toMatchObject([
      { found: expect.stringContaining('TTL of pictures.expireAt: missing') },
    ])
  })

  test('are unknown for a project without a database', async () => {
    const run = () => checkIndexes(server.google(), wanted)
    expect(await runCheck({ name: 'indexes', run })).toMatchObject([{ state: 'unknown' }])
  })
})
