import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { checkOut, readOptions, WrongUsage } from '../../../tools/eval/options.ts'
import { copyPictures } from '../../../tools/eval/pictures.ts'
import { readRun, writeRun } from '../../../tools/eval/run-file.ts'
import { samplesOfFolder } from '../../../tools/eval/samples.ts'
import { targetOf } from '../../../tools/eval/target.ts'
import { NOW, photo, runOf } from './eval-runs.ts'

describe('command line', () => {
  const folder = () => mkdtempSync(join(tmpdir(), 'eval-test-'))

  it.each([
    [[], 'found none of them'],
    [['--images', 'x', '--drawn'], 'found --images and --drawn'],
    [['--compare', 'a'], 'needs two runs, found 1'],
    [['--images', 'x', 'y'], 'Unexpected argument "y"'],
    [['--drawn', 'many'], '--drawn is "many"'],
    [['--images', 'x', '--limit', '0'], '--limit is "0"'],
    [['--images', 'x', '--concurrency', '1.5'], '--concurrency is "1.5"'],
  ])('%j is refused: %s', (args, message) => {
    expect(() => readOptions(args, NOW)).toThrow(message)
  })

  it('takes a number of scenes, and puts the report into a new folder', () => {
    expect(readOptions(['--drawn', '3', '--yes'], NOW)).toMatchObject({
      mode: 'drawn',
      scenes: 3,
      seed: 1,
      yes: true,
    })
    expect(readOptions(['--drawn'], NOW)).toMatchObject({ scenes: 20 })
    expect(readOptions(['--images', 'x'], NOW).out).toMatch(/artifacts\/eval\/2026-12-01T12-00-00$/)
  })

  it('reads photos by name, and says which folder has none', () => {
    const photos = folder()
    expect(() => samplesOfFolder(photos)).toThrow('has no photos: 0 files')
    for (const name of ['b.JPG', 'a.png', 'c.webp', 'notes.txt', '.hidden.jpg'])
      writeFileSync(join(photos, name), '')
    const { samples, note } = samplesOfFolder(photos, 2)
    expect(samples.map(({ name }) => name)).toEqual(['a.png', 'b.JPG'])
    expect(note).toBe('1 photo beyond --limit left out, 1 file of other types left out')
    expect(() => samplesOfFolder(join(photos, 'missing'))).toThrow('it does not exist')
    expect(() => samplesOfFolder(join(photos, 'a.png'))).toThrow('it is no folder')
  })

  it('reads regular files only, also through links', () => {
    const photos = folder()
    writeFileSync(join(photos, 'file.jpg'), '')
    symlinkSync(join(photos, 'file.jpg'), join(photos, 'link.jpg'))
    symlinkSync(photos, join(photos, 'folder.jpg'))
    symlinkSync(join(photos, 'missing'), join(photos, 'broken.jpg'))
    symlinkSync(join(photos, 'loop.jpg'), join(photos, 'loop.jpg'))
    const { samples, note } = samplesOfFolder(photos)
    expect(samples.map(({ name }) => name)).toEqual(['file.jpg', 'link.jpg'])
    expect(note).toBe('3 files of other types left out')
  })

  it('copies the pictures that a run names, and nothing else', () => {
    const [from, to] = [folder(), folder()]
    mkdirSync(join(from, 'pictures'))
    for (const name of ['1.jpg', '1-overlay.png', 'secret.txt', '9.jpg'])
      writeFileSync(join(from, 'pictures', name), name)
    symlinkSync(join(from, 'pictures/secret.txt'), join(from, 'pictures/2.jpg'))
    const photos = [
      photo('a', { picture: 'pictures/1.jpg', overlay: 'pictures/1-overlay.png' }),
      photo('link', { picture: 'pictures/2.jpg' }),
      photo('missing', { picture: 'pictures/3.jpg' }),
    ]
    copyPictures({ run: runOf(photos), folder: from }, to)
    expect(readdirSync(join(to, 'pictures')).toSorted()).toEqual(['1-overlay.png', '1.jpg'])
  })

  it('never writes into a folder with other files', () => {
    const out = folder()
    checkOut(out)
    writeFileSync(join(out, 'mine.txt'), '')
    expect(() => checkOut(out)).toThrow('the folder has 1 files')
  })

  it('reads a run that it has written, and no file paths from elsewhere', () => {
    const out = folder()
    writeRun(out, runOf([photo('a.jpg', { picture: 'pictures/1.jpg' })]))
    expect(readRun(out)).toEqual(readRun(join(out, 'run.json')))
    for (const picture of [
      '../pictures/1.jpg',
      'pictures/../1.jpg',
      'pictures/1.jpg?a',
      'https://a.test/1.jpg',
    ]) {
      writeRun(out, runOf([photo('a.jpg', { picture })]))
      expect(() => readRun(out)).toThrow(WrongUsage)
    }
    expect(() => readRun(join(out, 'missing'))).toThrow('ENOENT')
  })

  it('uses the configured service, and a local Gemini API without a key', () => {
    const of = (environment: Record<string, string>) => targetOf(readConfig(environment, NOW), environment)
    expect(of({})).toMatchObject({ local: true })
    expect(of({ GEMINI_API_KEY: 'k' })).toMatchObject({ local: false, provider: { name: 'gemini-api' } })
    expect(of({ GEMINI_API_KEY: 'k', GEMINI_EMULATOR_HOST: '127.0.0.1:9' })).toMatchObject({
      local: true,
      baseUrl: 'http://127.0.0.1:9',
    })
    expect(of({ GEMINI_PROVIDER: 'vertex-ai', GOOGLE_CLOUD_PROJECT: 'p' })).toMatchObject({
      local: false,
      provider: { project: 'p' },
    })
    expect(() => of({ GEMINI_PROVIDER: 'vertex-ai' })).toThrow('set GOOGLE_CLOUD_PROJECT')
  })

  it.each([
    ['real', 'local'],
    ['invalid', 'invalid'], // Tests use it: a local Gemini API refuses this key.
    ['', 'local'],
  ])('with the key "%s", a local server gets "%s"', (key, sent) => {
    const environment = { GEMINI_API_KEY: key, GEMINI_EMULATOR_HOST: 'localhost:9' }
    const { provider } = targetOf(readConfig(environment, NOW), environment)
    expect(provider.name === 'gemini-api' && provider.apiKey()).toBe(sent)
  })

  it.each(['photos.test:9', '10.0.0.1:9', '127.0.0.1.photos.test:9', 'localhost@photos.test', 'a b'])(
    'sends no photos to GEMINI_EMULATOR_HOST=%s',
    (host) => {
      const environment = { GEMINI_EMULATOR_HOST: host }
      expect(() => targetOf(readConfig(environment, NOW), environment)).toThrow('address of this machine')
    },
  )
})
