import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { imageIdOf, resultPaths, uploadPattern } from '../../../functions/src/document/storage-paths.ts'

describe('readConfig()', () => {
  it('returns the designed defaults', () => {
    expect(readConfig({})).toMatchObject({
      uploadPath: 'users/{uid}/uploads/{fileName}',
      provider: 'gemini-api',
      describeModel: 'gemini-3.8-flash',
      locateModel: 'gemini-3.8-flash',
      maxImageBytes: 20 * 1024 * 1024,
      maxImagePixels: 50_000_000,
      heic: 'original',
    })
  })

  it('reads the environment', () => {
    const config = readConfig({
      HEIC: 'off',
      MAX_OBJECTS: '7',
      LOCATE_MODEL: 'gemini-2.5-flash-lite',
      GEMINI_PROVIDER: 'vertex-ai',
    })
    expect(config).toMatchObject({
      heic: 'off',
      maxObjects: 7,
      locateModel: 'gemini-2.5-flash-lite',
      provider: 'vertex-ai',
    })
  })

  it.each([
    [{ MAX_OBJECTS: '256' }, /maxObjects/],
    [{ MAX_IMAGE_BYTES: 'many' }, /maxImageBytes/],
    [
      { UPLOAD_PATH: 'users/{uid}/annotations/{a}/{b}/masks/1.png' },
      /every result would be handled as an upload/,
    ],
    [{ UPLOAD_PATH: '{uid}/{a}/{b}/{c}/{d}/{e}' }, /every result would be handled as an upload/],
    [{ UPLOAD_PATH: '{a}/{b}/{c}/{d}' }, /every result would be handled as an upload/],
    [
      { UPLOAD_PATH: 'annotations/{a}/{b}/{c}', OUTPUT_BUCKET: 'other' },
      /every result would be handled as an upload/,
    ],
    [{ UPLOAD_PATH: 'users/{uid}/model-inputs/{file}' }, /every result would be handled as an upload/],
    [{ UPLOAD_PATH: '{folder}/{file}' }, /every result would be handled as an upload/],
    [{ MAX_INSTANCES: '0' }, /maxInstances/],
    [{ MODEL_REQUESTS_PER_MINUTE: '1.5' }, /MODEL_REQUESTS_PER_MINUTE/],
    [{ ENFORCE_APP_CHECK: 'TRUE' }, /enforceAppCheck/],
    [{ HEIC: 'on' }, /heic/],
    [{ HEIC_ENABLED: 'TRUE' }, /HEIC_ENABLED must be true or false/],
    [{ BLUR_THRESHOLD: '' }, /blurThreshold/],
    [{ GEMINI_PROVIDER: 'openai' }, /provider/],
    [{ LOCATE_MEDIA_RESOLUTION: 'ultra' }, /locateMediaResolution/],
    [{ BACKFILL_SERVICE_TIER: 'priority' }, /backfillServiceTier/],
    [
      { CONSUME_APP_CHECK_TOKEN: 'true' },
      /CONSUME_APP_CHECK_TOKEN=true has no effect without ENFORCE_APP_CHECK=true/,
    ],
    [{ BACKFILL_SERVICE_TIER: 'flex', GEMINI_PROVIDER: 'vertex-ai' }, /choose standard for vertex-ai/],
    [
      { UPLOAD_PATH: 'users/{uid}/annotations/{imageId}/{generation}/{fileName}' },
      /every result would be handled as an upload/,
    ],
    [
      { UPLOAD_PATH: 'users/{uid}/annotations/{a}/{b}/masks/{c}' },
      /every result would be handled as an upload/,
    ],
  ])('refuses %j', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(message)
  })
})

describe('readConfig() of models that the Gemini API routes to others', () => {
  const models = (environment: Record<string, string>, now: string) => {
    const { describeModel, fallbackModel } = readConfig(environment, new Date(now))
    return [describeModel, fallbackModel]
  }
  const old = { DESCRIBE_MODEL: 'models/gemini-2.5-flash', FALLBACK_MODEL: 'gemini-3.5-flash' }

  it('returns the successor from its date on', () => {
    expect(models(old, '2026-10-07T23:59:59Z')).toEqual(['models/gemini-2.5-flash', 'gemini-3.5-flash'])
    expect(models(old, '2026-11-30T23:59:59Z')).toEqual(['models/gemini-2.5-flash', 'gemini-3.6-flash'])
    expect(models(old, '2026-12-01T00:00:00Z')).toEqual(['gemini-3.5-flash-lite', 'gemini-3.6-flash'])
  })

  it('keeps the model on Vertex AI, and other models', () => {
    const vertex = { ...old, GEMINI_PROVIDER: 'vertex-ai' }
    expect(models(vertex, '2026-12-01')).toEqual(['models/gemini-2.5-flash', 'gemini-3.5-flash'])
    const lite = { DESCRIBE_MODEL: 'gemini-2.5-flash-lite', FALLBACK_MODEL: 'constructor' }
    expect(models(lite, '2027-01-01')).toEqual(['gemini-2.5-flash-lite', 'constructor'])
  })
})

it.each([
  [{ HEIC_ENABLED: 'true' }, 'decode'],
  // The Firebase CLI sets HEIC to its default.
  [{ HEIC_ENABLED: 'true', HEIC: '' }, 'decode'],
  [{ HEIC_ENABLED: 'true', HEIC: 'original' }, 'original'],
  [{ HEIC_ENABLED: 'true', HEIC: 'off' }, 'off'],
  [{ HEIC_ENABLED: '' }, 'original'],
  [{ HEIC_ENABLED: 'false' }, 'original'],
  [{ HEIC_ENABLED: 'false', HEIC: 'decode' }, 'decode'],
])('readConfig() of HEIC_ENABLED, which HEIC replaces: %j means %s', (environment, heic) => {
  expect(readConfig(environment).heic).toBe(heic)
})

describe('readConfig() of URL_IMAGE_HOSTS', () => {
  const hosts = (value: string) => readConfig({ URL_IMAGE_HOSTS: value }).urlImageHosts

  it('allows no host by default', () => {
    expect(readConfig({}).urlImageHosts).toEqual([])
    expect(hosts(' , ')).toEqual([])
  })

  it('accepts hosts and *.hosts, separated by commas', () => {
    expect(hosts('images.example.com, *.example.com ,xn--bcher-kva.example,a-1.2b.co')).toEqual([
      'images.example.com',
      '*.example.com',
      'xn--bcher-kva.example',
      'a-1.2b.co',
    ])
    expect(hosts(`${'a'.repeat(63)}.example`)).toHaveLength(1)
  })

  it.each([
    '*',
    '*.com',
    '*.*.com',
    '*example.com',
    'images.*.com',
    'com',
    'localhost',
    '127.0.0.1',
    '2130706433',
    '0x7f.0x1',
    '8.8.8.8',
    '*.8.8.8',
    '[::1]',
    '::1',
    'Images.example.com',
    'bücher.example',
    'images.example.com.',
    '.example.com',
    'images..example.com',
    'images.example.com:443',
    'https://images.example.com',
    'images.example.com/cats',
    'user@images.example.com',
    'images_1.example.com',
    '-a.example.com',
    'images.example.com;example.org',
    'images.example.com example.org',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(125)}example`,
    'images.example.com,*',
  ])('refuses %s', (value) => {
    expect(() => hosts(value)).toThrow(/urlImageHosts/)
  })
})

describe('readConfig() of CORS_ORIGINS', () => {
  const origins = (value: string) => readConfig({ CORS_ORIGINS: value }).corsOrigins

  it('accepts origins, separated by commas', () => {
    expect(readConfig({}).corsOrigins).toEqual([])
    expect(
      origins('https://app.example.com, http://localhost:5000,https://xn--bcher-kva.example:8443'),
    ).toEqual(['https://app.example.com', 'http://localhost:5000', 'https://xn--bcher-kva.example:8443'])
  })

  it.each([
    '*',
    'null',
    'https://*.example.com',
    'app.example.com',
    'https://app.example.com/',
    'https://app.example.com/page',
    'https://app.example.com:443',
    'http://app.example.com:80',
    'https://app.example.com:99999',
    'https://App.example.com',
    'https://bücher.example',
    'https://user@app.example.com',
    'capacitor://localhost',
    'https://127.1',
    'https://app.example.com https://example.org',
    'https://app.example.com,*',
  ])('refuses %s', (value) => {
    expect(() => origins(value)).toThrow(/corsOrigins/)
  })
})

describe('uploadPattern()', () => {
  const matches = uploadPattern('users/{uid}/uploads/{fileName}')

  it('returns the owner', () => {
    expect(matches('users/alice/uploads/cat.jpg')).toEqual({ owner: 'alice' })
    expect(uploadPattern('photos/{fileName}')('photos/cat.jpg')).toEqual({ owner: null })
  })

  it.each([
    'users/alice/uploads/',
    'users/alice/uploads/a/b.jpg',
    'users//uploads/cat.jpg',
    'users/../uploads/cat.jpg',
    'users/alice/uploads/..',
    'users/alice/annotations/x/1/overlay.png',
    'xusers/alice/uploads/cat.jpg',
    'cat.jpg',
  ])('does not match %s', (name) => {
    expect(matches(name)).toBeUndefined()
  })

  it('never matches a result of its own photos', () => {
    const paths = resultPaths({ owner: 'alice', imageId: 'id', generation: '1' })
    const { text, overlay, mask } = paths.answer('a')
    for (const path of [paths.preview, paths.thumbnail, text, overlay, mask(3), paths.detection('d').objects])
      expect(matches(path)).toBeUndefined()
  })
})

describe('imageIdOf()', () => {
  it('is base64url(sha256(bucket + "\\n" + name))', () => {
    // printf 'bucket\nusers/alice/uploads/cat.jpg' | openssl dgst -sha256 -binary | basenc --base64url
    expect(imageIdOf('bucket', 'users/alice/uploads/cat.jpg')).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(imageIdOf('bucket', 'users/alice/uploads/cat.jpg')).toBe(
      'V7NpaNMtoiMPc-eE876tXx0_kdhm34UAqCZlIlgJy_8',
    )
  })
})
