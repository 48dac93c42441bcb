import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/read-config.ts'
import { imageIdOf, resultPaths, uploadPattern } from '../../../functions/src/upload-path.ts'

describe('readConfig()', () => {
  it('has the defaults that the design names', () => {
    expect(readConfig({})).toMatchObject({
      uploadPath: 'users/{uid}/uploads/{fileName}',
      provider: 'gemini-api',
      describeModel: 'gemini-3.8-flash',
      locateModel: 'gemini-3.8-flash',
      maxImageBytes: 20 * 1024 * 1024,
      maxImagePixels: 50_000_000,
      heicEnabled: false,
    })
  })

  it('reads the environment', () => {
    const config = readConfig({
      HEIC_ENABLED: 'true',
      MAX_OBJECTS: '7',
      LOCATE_MODEL: 'gemini-2.5-flash',
      GEMINI_PROVIDER: 'vertex-ai',
    })
    expect(config).toMatchObject({
      heicEnabled: true,
      maxObjects: 7,
      locateModel: 'gemini-2.5-flash',
      provider: 'vertex-ai',
    })
  })

  it.each([
    [{ MAX_OBJECTS: '256' }, /maxObjects/],
    [{ MAX_IMAGE_BYTES: 'many' }, /maxImageBytes/],
    [
      { UPLOAD_PATH: 'users/{uid}/annotations/{a}/{b}/masks/1.png' },
      /every result would be taken for an upload/,
    ],
    [{ UPLOAD_PATH: '{uid}/{a}/{b}/{c}/{d}/{e}' }, /every result would be taken for an upload/],
    [{ UPLOAD_PATH: '{a}/{b}/{c}/{d}' }, /every result would be taken for an upload/],
    [
      { UPLOAD_PATH: 'annotations/{a}/{b}/{c}', OUTPUT_BUCKET: 'other' },
      /every result would be taken for an upload/,
    ],
    [{ UPLOAD_PATH: 'users/{uid}/model-inputs/{file}' }, /every result would be taken for an upload/],
    [{ UPLOAD_PATH: '{folder}/{file}' }, /every result would be taken for an upload/],
    [{ MAX_INSTANCES: '0' }, /maxInstances/],
    [{ HEIC_ENABLED: 'TRUE' }, /heicEnabled/],
    [{ BLUR_THRESHOLD: '' }, /blurThreshold/],
    [{ GEMINI_PROVIDER: 'openai' }, /provider/],
    [
      { UPLOAD_PATH: 'users/{uid}/annotations/{imageId}/{generation}/{fileName}' },
      /every result would be taken for an upload/,
    ],
    [
      { UPLOAD_PATH: 'users/{uid}/annotations/{a}/{b}/masks/{c}' },
      /every result would be taken for an upload/,
    ],
  ])('refuses %j', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(message)
  })
})

describe('uploadPattern()', () => {
  const matches = uploadPattern('users/{uid}/uploads/{fileName}')

  it('gives the owner', () => {
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
    const { overlay, mask, preview } = resultPaths({ owner: 'alice', imageId: 'id', generation: '1' })
    for (const path of [overlay, mask(3), preview]) expect(matches(path)).toBeUndefined()
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
