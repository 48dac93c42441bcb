import { describe, expect, it, test } from 'vitest'
import { initProject } from './init-project.ts'

const firebaserc = { '.firebaserc': '{ "projects": { "default": "photo-album" } }' }
const region = 'europe-west1'
const storageRules = (body: string) =>
  `rules_version = '2';\nservice firebase.storage { match /b/{bucket}/o {\n${body}\n} }\n`

describe('the Storage rules of several buckets', () => {
  const storage = (bucket: string) => ({ bucket, rules: `${bucket}.rules` })
  const kit = { kit: 'firesight', source: 'kit', instances: { a: 'kit-a', b: 'kit-b' } }
  const environment = {
    ...firebaserc,
    'kit-a/.env': 'UPLOAD_BUCKET=album-a\nFUNCTION_DEFAULT_REGION=us-central1\n',
    'kit-b/.env': 'UPLOAD_BUCKET=album-b\nFUNCTION_DEFAULT_REGION=us-central1\n',
  }

  it('are merged into the file of each bucket, and not into others', async () => {
    const entries = [storage('album-a'), storage('other'), storage('album-b')]
    const project = initProject({
      ...environment,
      'firebase.json': JSON.stringify({ functions: [kit], storage: entries }),
    })
    expect(await project.init()).not.toContain('default bucket only')
    const files = project.files()
    for (const bucket of ['album-a', 'album-b']) expect(files[`${bucket}.rules`]).toContain('firesight:begin')
    expect(files['other.rules']).toBeUndefined()
  })

  it('are not deployed if firebase.json does not list the buckets, which a note says', async () => {
    const project = initProject({ ...environment, 'firebase.json': JSON.stringify({ functions: [kit] }) })
    expect(await project.init()).toMatch(/If album-a is another one, [^]*If album-b is another one/)
  })

  it('are refused if firebase.json lists only other buckets', async () => {
    const project = initProject({
      ...firebaserc,
      'firebase.json': JSON.stringify({ storage: [storage('a'), storage('b')] }),
    })
    await expect(project.init({ region, bucket: 'album' })).rejects.toThrow(
      /list in "storage" without an entry for album, [^]*firebase target:apply storage <name> album/,
    )
  })

  it('are merged into the file of a target', async () => {
    const targets = { 'photo-album': { storage: { photos: ['album'], else: ['other'] } } }
    const project = initProject({
      '.firebaserc': JSON.stringify({ projects: { default: 'photo-album' }, targets }),
      'firebase.json': JSON.stringify({
        storage: [
          { target: 'else', rules: 'else.rules' },
          { target: 'photos', rules: 'photos.rules' },
        ],
      }),
    })
    await project.init({ region, bucket: 'album' })
    expect(project.files()).toHaveProperty(['photos.rules'])
    expect(project.files()).not.toHaveProperty(['else.rules'])
  })

  test.each<[string, object, object, RegExp]>([
    [
      'the only entry is another bucket',
      { storage: [storage('other')] },
      {},
      /for photo-album\.appspot\.com,/,
    ],
    ['the list is empty', { storage: [] }, {}, /for photo-album\.appspot\.com,/],
    [
      'the target is not in .firebaserc',
      { storage: [{ target: 'photos', rules: 'photos.rules' }] },
      {},
      /does not say which buckets these targets are: photos\.\n[^]*target:apply storage <name> photo-album\.appspot\.com/,
    ],
    [
      'the bucket is unknown',
      { storage: [storage('photo-album.appspot.com')] },
      { defaultBucket: async () => undefined },
      /the upload bucket, which is unknown[^]*Name the upload bucket with --bucket/,
    ],
    [
      'the bucket of the results is not listed',
      { storage: [storage('photo-album.appspot.com')] },
      { output: 'results' },
      /for results,/,
    ],
  ])('are refused if %s', async (_what, config, { output, ...cloud }: { output?: string }, message) => {
    const own = { source: 'fs', codebase: 'firesight' }
    const files = {
      ...firebaserc,
      'firebase.json': JSON.stringify({ functions: own, ...config }),
      'fs/.env': `OUTPUT_BUCKET=${output ?? ''}\n`,
      'other.rules': storageRules('match /x/{y} { allow read; }'),
    }
    const project = initProject(files)
    const defaultBucket = async () => 'photo-album.appspot.com'
    await expect(project.init({ region }, { defaultBucket, ...cloud })).rejects.toThrow(message)
    expect(project.files()).toEqual(files)
  })

  it('are merged and checked for the bucket of the results too', async () => {
    const own = { source: 'fs', codebase: 'firesight' }
    const files = {
      ...firebaserc,
      'fs/.env': 'UPLOAD_BUCKET=album\nOUTPUT_BUCKET=results\n',
      'firebase.json': JSON.stringify({ functions: own, storage: [storage('album'), storage('results')] }),
    }
    const project = initProject(files)
    await project.init({ region })
    expect(project.files()['results.rules']).toContain('firesight:begin')
    const open = { ...files, 'results.rules': storageRules('match /{all=**} { allow read; }') }
    await expect(initProject(open).init({ region })).rejects.toThrow(/results\.rules:/)
  })

  it('are refused if the active rules of an unlisted bucket conflict', async () => {
    const own = { source: 'fs', codebase: 'firesight' }
    const project = initProject({
      ...firebaserc,
      'fs/.env': 'OUTPUT_BUCKET=results\n',
      'firebase.json': JSON.stringify({ functions: own }),
    })
    const activeRules = async (release: string) =>
      release === 'firebase.storage/results' ? storageRules('match /{all=**} { allow read; }') : undefined
    const cloud = { defaultBucket: async () => 'photo-album.appspot.com', activeRules }
    await expect(project.init({ region }, cloud)).rejects.toThrow(
      /the active rules of photo-album \(firebase\.storage\/results\):[^]*target:apply storage <name> results/,
    )
  })

  it('start with the active rules of the bucket to which the file is deployed', async () => {
    const project = initProject(firebaserc)
    const activeRules = async (release: string) =>
      release.startsWith('firebase.storage/')
        ? storageRules(`match /${release.slice(17)}/{f} { allow read; }`)
        : undefined
    await project.init({ region, bucket: 'album' }, { defaultBucket: async () => 'standard', activeRules })
    expect(project.files()['storage.rules']).toContain('match /standard/{f}')
  })
})
