import { expect, it } from 'vitest'
import { createConfig, createServices, readConfig } from '../../../functions/src/lib.ts'

const now = new Date('2026-11-30T00:00:00Z')

it('createConfig() has the defaults of the deployed functions', () => {
  expect(createConfig({}, now)).toEqual(readConfig({}, now))
})

it('createConfig() accepts each setting in the form that it returns', () => {
  const set = createConfig(
    {
      urlImageHosts: ['images.example.com', '*.example.org'],
      corsOrigins: ['https://app.example.com'],
      inputTokenPrice: 0.75,
      restrictedTokensPerDay: 5000,
      enforceAppCheck: true,
      heic: 'off',
      maskPoints: 0,
    },
    now,
  )
  expect(set.urlImageHosts).toEqual(['images.example.com', '*.example.org'])
  expect(set).toMatchObject({
    inputTokenPrice: 0.75,
    restrictedTokensPerDay: 5000,
    enforceAppCheck: true,
    heic: 'off',
  })
  expect(createConfig(set, now)).toEqual(set)
})

it('createConfig() derives the allowance of restricted users from the allowance that is set', () => {
  expect(createConfig({ tokensPerDay: 400 }, now).restrictedTokensPerDay).toBe(20)
})

it.each([
  ['is unknown', { maskPoint: 0 }, 'maskPoint: there is no such setting'],
  ['is out of bounds', { maxObjects: 0 }, 'Cannot use the parameters'],
  [
    'would annotate its own results',
    { uploadPath: 'users/{uid}/annotations/{a}/{b}/{c}' },
    'matches results',
  ],
])('createConfig() rejects a setting that %s', (_, settings, message) => {
  expect(() => createConfig(settings as object)).toThrow(message)
})

it('createServices() uses the given bucket, and your own services', async () => {
  const photos = {} as never
  const services = await createServices({ bucket: 'photos', apiKey: 'key', replace: { photos } })
  expect(services.bucket).toBe('photos')
  expect(services.photos).toBe(photos)
})
