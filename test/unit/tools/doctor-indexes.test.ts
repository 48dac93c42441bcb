/* The shapes of Google's answers are those of the reference pages that the checks name, read 2026-11-27. */
import { describe, expect, test } from 'vitest'
import { examine } from '../../../tools/doctor/finding.ts'
import { checkFields, checkIndexes, wantedIndexes } from '../../../tools/doctor/indexes.ts'
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

  test('checkIndexes() finds all, over several pages', async () => {
    const [first, ...others] = indexes()
    server.put(`${groups}/indexes`, { indexes: [first], nextPageToken: 'a b' }, { indexes: others })
    expect(states(await checkIndexes(server.google(), wanted))).toEqual(['ok'])
    expect(server.asked).toContain(`${groups}/indexes?pageToken=a b`)
  })

  test('checkIndexes() mends one that is missing, and waits for those that are being built', async () => {
    server.put(`${groups}/indexes`, { indexes: indexes().slice(1) })
    expect(await checkIndexes(server.google(), wanted)).toMatchObject([
      {
        state: 'mend',
        found: expect.stringContaining('not there'),
        command: expect.stringMatching(/^firebase/),
      },
    ])
    server.put(`${groups}/indexes`, { indexes: indexes('CREATING') })
    expect(await checkIndexes(server.google(), wanted)).toMatchObject([
      { state: 'mend', command: expect.stringMatching(/^npm run doctor/) },
    ])
  })

  test('checkIndexes() does not take another order for the same index', async () => {
    const found = indexes().map((index) => ({
      ...index,
      fields: index.fields.map((field) => ('order' in field ? { ...field, order: 'ASCENDING' } : field)),
    }))
    server.put(`${groups}/indexes`, { indexes: found })
    expect(states(await checkIndexes(server.google(), wanted))).toEqual(['mend'])
  })

  test('checkFields() wants every TTL active, and every exemption', async () => {
    server.put(`${groups}/fields`, { fields: fields() })
    expect(states(await checkFields(server.google(), wanted))).toEqual(['ok'])
    server.put(`${groups}/fields`, { fields: fields('NEEDS_REPAIR') })
    expect(await checkFields(server.google(), wanted)).toMatchObject([
      { state: 'mend', found: expect.stringContaining('TTL of images.expireAt: NEEDS_REPAIR') },
    ])
    server.put(`${groups}/fields`, {
      fields: fields().filter(({ name }) => !name.endsWith('images/fields/steps')),
    })
    expect(await checkFields(server.google(), wanted)).toMatchObject([
      { state: 'mend', found: 'no index on images.steps: not there' },
    ])
  })

  test('a project without a database is unknown, not without indexes', async () => {
    const look = () => checkIndexes(server.google(), wanted)
    expect(await examine({ name: 'indexes', look })).toMatchObject([{ state: 'unknown' }])
  })
})
