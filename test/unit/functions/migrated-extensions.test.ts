import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import type { AnnotationDocument } from '../../../functions/src/document/annotation.ts'
import {
  type ExtensionDocument,
  extensionDocument,
} from '../../../functions/src/document/extension-document.ts'
import { isBelow, uploadSelector } from '../../../functions/src/document/upload-selection.ts'
import { copyAnnotation } from '../../../functions/src/maintenance/copy-annotation.ts'
import { discover } from '../../support/discover.ts'
import {
  annotate,
  annotationOf,
  annotations,
  png,
  remove,
  services,
  upload,
} from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

const { functionsEnvFromInstance } = createRequire(import.meta.url)(
  'firebase-tools/lib/extensions/export.js',
) as { functionsEnvFromInstance: (instance: object) => Record<string, string> }

/** The environment that `firebase ext:migrate` writes, with the parameters of the extension.yaml of each (0.1.10). */
const migrated = (params: Record<string, string>, last: { param: string; default: string }) =>
  functionsEnvFromInstance({
    config: {
      params,
      systemParams: { 'firebaseextensions.v1beta.function/location': 'europe-west1' },
      source: {
        spec: {
          params: [
            { param: 'LOCATION', default: 'us-central1' },
            // eslint-disable-next-line no-template-curly-in-string -- as in extension.yaml
            { param: 'IMG_BUCKET', default: '${STORAGE_BUCKET}' },
            { param: 'INCLUDE_PATH_LIST' },
            { param: 'EXCLUDE_PATH_LIST' },
            { param: 'COLLECTION_PATH', default: 'imageLabels' },
            last,
          ],
        },
      },
    },
  })

const LABELS = migrated(
  { IMG_BUCKET: 'photos', INCLUDE_PATH_LIST: '/users/*/pictures,/design', EXCLUDE_PATH_LIST: '/design/old' },
  { param: 'LABEL_MODE', default: 'basic' },
)
const TEXT = migrated({ IMG_BUCKET: 'scans', COLLECTION_PATH: 'texts' }, { param: 'DETAIL', default: 'full' })

describe('the .env of ext:migrate', () => {
  it('configures bucket, paths, collection and shape', () => {
    expect(readConfig(LABELS)).toMatchObject({
      uploadBucket: 'photos',
      uploadPath: '{path=**}',
      includePaths: ['/users/*/pictures', '/design'],
      excludePaths: ['/design/old'],
      extensionCollection: 'imageLabels',
      labelMode: 'basic',
      textDetail: '',
    })
    expect(readConfig(TEXT)).toMatchObject({
      uploadBucket: 'scans',
      extensionCollection: 'texts',
      textDetail: 'full',
    })
  })

  it('sets the defaults of the questions, and adds the function that copies annotations', async () => {
    const { params, endpoints } = await discover(LABELS)
    const defaults = Object.fromEntries(params.map((param) => [param.name, param.default]))
    expect(defaults).toMatchObject({ UPLOAD_BUCKET: 'photos', UPLOAD_PATH: '{path=**}' })
    expect(endpoints.onAnnotationWritten).toMatchObject({
      eventTrigger: {
        eventType: 'google.cloud.firestore.document.v1.written',
        eventFilters: { database: '(default)' },
        eventFilterPathPatterns: { document: 'images/{imageId}' },
        retry: true,
      },
    })
  })

  it.each([
    [{ ...LABELS, UPLOAD_BUCKET: 'other' }, /IMG_BUCKET is photos, but UPLOAD_BUCKET is other/],
    [{ COLLECTION_PATH: 'imageLabels' }, /COLLECTION_PATH needs LABEL_MODE/],
    [{ ...LABELS, COLLECTION_PATH: 'images' }, /is the collection of the annotations/],
    [{ ...LABELS, COLLECTION_PATH: 'a/b' }, /must be the path of a collection/],
    [{ INCLUDE_PATH_LIST: 'users' }, /must be absolute paths/],
    [{ UPLOAD_PATH: '{path=**}/{file}' }, /only at its end/],
    [{ UPLOAD_PATH: 'users/{uid=**}' }, /must be a path such as/],
    [{ UPLOAD_PATH: '/users/{uid}' }, /must be a path such as/],
    [{ UPLOAD_BUCKET: 'gs://photos' }, /without gs:\/\/.*\n.*at uploadBucket \(UPLOAD_BUCKET\)/],
    [{ OUTPUT_BUCKET: 'Results' }, /at outputBucket \(OUTPUT_BUCKET\)/],
    [{ ENFORCE_APP_CHECK: 'TRUE' }, /must be true or false/],
    [{ ...LABELS, COLLECTION_PATH: 'firesightQuotas' }, /must not be a collection with state/],
  ])('is refused if it cannot work: %j', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(message)
  })
})

describe('uploadSelector()', () => {
  const select = uploadSelector(readConfig(LABELS))

  it.each([
    ['users/ann/pictures/a.jpg', true],
    ['users/ann/2026/pictures/summer/a.jpg', true],
    ['design/a.jpg', true],
    ['design/old/a.jpg', false],
    ['designs/a.jpg', false],
    ['users/ann/documents/a.jpg', false],
    ['a.jpg', false],
    ['design//a.jpg', false],
    ['design/annotations/a.jpg', true],
  ])('with include and exclude paths: %s %s', (name, isSelected) => {
    expect(select(name, 'image/jpeg') !== undefined).toBe(isSelected)
  })

  it('never selects results or model inputs of a whole bucket, and only declared images', () => {
    const all = uploadSelector(readConfig({ UPLOAD_PATH: '{path=**}' }))
    const results = [
      'annotations/x/1/preview.jpg',
      'users/ann/annotations/x/1/a/overlay.png',
      'model-inputs/a.jpg',
    ]
    expect(results.map((name) => all(name, 'image/png'))).toEqual([undefined, undefined, undefined])
    expect(all('a.jpg', 'image/jpeg')).toEqual({ owner: null })
    expect(all('a.pdf', 'application/pdf')).toBeUndefined()
    expect(all('a', '')).toBeUndefined()
    expect(uploadSelector(readConfig({}))('users/ann/uploads/a.pdf', 'application/pdf')).toEqual({
      owner: 'ann',
    })
    expect(
      uploadSelector(readConfig({ UPLOAD_PATH: 'albums/{uid}/{path=**}' }))(
        'albums/ann/2026/a.jpg',
        'image/jpeg',
      ),
    ).toEqual({
      owner: 'ann',
    })
  })
})

it.each([
  ['/a/b', '/a/b', true],
  ['/a/bc', '/a/b', false],
  ['/a/x/b/c', '/a/*/b', true],
  ['/a/b', '/a/*/b', false],
  ['/a/xb/b', '/a/*b', true],
  ['/a', '/a*', true],
  ['/a/x', '/*', true],
  [`/${'a'.repeat(1000)}`, `/${'*a'.repeat(400)}*b`, false],
])('isBelow(%s, %s) is %s', (folder, path, expected) => {
  expect(isBelow(folder, path)).toBe(expected)
})

describe('extensionDocument()', () => {
  const config = readConfig({ LABEL_MODE: 'basic', DETAIL: 'basic', COLLECTION_PATH: 'c' })
  const found = {
    status: 'succeeded',
    bucket: 'b',
    name: 'a/c.jpg',
    labels: ['cat'],
    text: 'STOP',
  } as AnnotationDocument

  it.each<[object, object, ExtensionDocument | undefined]>([
    [found, config, { file: 'gs://b/a/c.jpg', labels: ['cat'], text: 'STOP' }],
    [
      found,
      { labelMode: 'full', textDetail: '' },
      { file: 'gs://b/a/c.jpg', labels: [{ description: 'cat' }] },
    ],
    [
      found,
      { labelMode: '', textDetail: 'full' },
      { file: 'gs://b/a/c.jpg', textAnnotations: [{ description: 'STOP' }] },
    ],
    [
      { ...found, text: '' },
      { labelMode: '', textDetail: 'full' },
      { file: 'gs://b/a/c.jpg', text: null },
    ],
    [{ ...found, labels: undefined, status: 'partial' }, config, undefined],
    [{ ...found, status: 'processing' }, config, undefined],
    [{ ...found, status: 'deleted' }, config, undefined],
  ])('of %j with %j', (annotation, shape, expected) => {
    expect(extensionDocument(annotation as AnnotationDocument, shape as typeof config)).toEqual(expected)
  })
})

it('copyAnnotation() follows a photo from its upload to its deletion', async () => {
  const config = readConfig({ LABEL_MODE: 'basic', COLLECTION_PATH: 'labels' })
  const copies = new Map<string, ExtensionDocument>()
  const extensionDocuments = {
    annotation: async (imageId: string) => annotations.documents.get(imageId),
    write: async (_: string, document: ExtensionDocument) => void copies.set(document.file, document),
    remove: async (file: string) => void copies.delete(file),
  }
  const photo = upload(png)
  const copy = async () =>
    copyAnnotation(photo.imageId, photo, { ...services(scriptedModel().model), extensionDocuments }, config)
  await annotate(photo)
  expect(await copy()).toBe('written')
  expect([...copies.values()]).toEqual([
    {
      file: `gs://${photo.bucket}/${photo.name}`,
      labels: (annotationOf(photo) as { labels: string[] }).labels,
    },
  ])
  await remove(photo)
  expect(await copy()).toBe('deleted')
  expect(copies.size).toBe(0)
})
