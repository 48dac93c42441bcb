import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HEAVY, loadEntry, packageOf } from '../../support/entry.ts'

const { endpoints, modules } = loadEntry(join(import.meta.dirname, '../../../functions/src/index.ts'))

test('index.ts exports functions and nothing else', () => {
  expect(Object.keys(endpoints).length).toBeGreaterThan(0)
  for (const endpoint of Object.values(endpoints)) expect(endpoint).toMatchObject({ platform: 'gcfv2' })
})

test('index.ts loads no heavy package, so that a cold start is fast', () => {
  const packages = new Set(modules.map(packageOf))
  expect(packages).toContain('firebase-functions') // Otherwise nothing was recorded.
  expect(HEAVY.filter((name) => packages.has(name))).toEqual([])
})

test('the storage triggers load no image decoder or model client before they need one', () => {
  const handler = loadEntry(join(import.meta.dirname, '../../../functions/src/triggers/storage-events.ts'))
  const packages = new Set(handler.modules.map(packageOf))
  expect(packages).toContain('zod') // Otherwise nothing was recorded.
  const heavy = ['sharp', '@google/genai', 'libheif-js']
  expect(heavy.filter((name) => packages.has(name))).toEqual([])
  // The stages of a photo are loaded while it is claimed.
  expect(handler.modules.filter((url) => /\/(masks\/draw|stores\/cloud-storage\/.*)\.ts$/.test(url))).toEqual(
    [],
  )
})
