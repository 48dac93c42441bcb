import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { maskIou, totalAccuracy } from '../../../tools/eval/accuracy.ts'
import { change, comparePage } from '../../../tools/eval/compare-page.ts'
import { html } from '../../../tools/eval/html.ts'
import { boxIou, matchObjects, namesObject } from '../../../tools/eval/matching.ts'
import { checkOut, readOptions, WrongUsage } from '../../../tools/eval/options.ts'
import { copyPictures } from '../../../tools/eval/pictures.ts'
import { progressLine } from '../../../tools/eval/progress.ts'
import { reportPage } from '../../../tools/eval/report-page.ts'
import { type PhotoResult, type Run, readRun, writeRun } from '../../../tools/eval/run-file.ts'
import { samplesOfFolder } from '../../../tools/eval/samples.ts'
import { drawnScenes } from '../../../tools/eval/scenes.ts'
import { targetOf, withDetector } from '../../../tools/eval/target.ts'
import { spread, totalsOf } from '../../../tools/eval/totals.ts'

const at = (x: number, y: number, width = 10, height = 10) => ({ x, y, width, height })
const object = (label: string, x: number, y = 0) => ({ label, box: at(x, y) })
const NOW = new Date('2026-12-01T12:00:00Z')

const tokens = (total: number) => ({ input: total, output: 0, thoughts: 0, total })
const photo = (name: string, changes: Partial<PhotoResult> = {}): PhotoResult => ({
  name,
  status: 'succeeded',
  image: { width: 100, height: 80 },
  caption: 'A ball.',
  altText: 'Ball',
  labels: ['ball'],
  objects: [object('ball', 0)],
  steps: {
    describe: { state: 'succeeded', requests: 1, tokens: tokens(100), usd: 0.001, ms: 10 },
    locate: { state: 'succeeded', requests: 1, tokens: tokens(200), usd: 0.002, ms: 30 },
  },
  timingsMs: { total: 40 },
  ...changes,
})
const { objects: _unknown, ...FAILED } = photo('failed.jpg', {
  status: 'partial',
  error: { code: 'answer-unreadable', message: 'no list' },
  steps: {
    describe: { state: 'succeeded', requests: 1, tokens: tokens(100), usd: 0.001, ms: 20 },
    locate: {
      state: 'failed',
      requests: 2,
      tokens: tokens(900),
      usd: 0.009,
      ms: 90,
      error: { code: 'answer-unreadable', message: 'no list' },
    },
  },
  timingsMs: { total: 100 },
})
const runOf = (photos: PhotoResult[], changes: Partial<Run> = {}): Run => ({
  version: 1,
  name: 'a run',
  startedAt: NOW.toISOString(),
  finishedAt: NOW.toISOString(),
  source: 'photos',
  model: { description: 'the Gemini API', local: false },
  settings: { MASK_POINTS: '24' },
  concurrency: 4,
  photos,
  ...changes,
})

describe('matching of objects', () => {
  it('measures the IoU of boxes', () => {
    expect(boxIou(at(0, 0), at(0, 0))).toBe(1)
    expect(boxIou(at(0, 0), at(5, 0))).toBeCloseTo(1 / 3)
    expect(boxIou(at(0, 0), at(10, 0))).toBe(0)
  })

  it('pairs each object once, the same label first, then the higher IoU', () => {
    const [ball, cup] = [object('red ball', 0), object('cup', 3)]
    const [cup2, ball2, far] = [object('cup', 0), object('Red ball!', 1), object('ball', 50)]
    const { pairs, onlyA, onlyB } = matchObjects([ball, cup], [cup2, ball2, far])
    expect(pairs.map(({ a, b, sameLabel }) => [a, b, sameLabel])).toEqual([
      [ball, ball2, true],
      [cup, cup2, true],
    ])
    expect([onlyA, onlyB]).toEqual([[], [far]])
  })

  it('reports an IoU below 0.5 as two objects', () => {
    const { pairs, onlyA, onlyB } = matchObjects([object('ball', 0)], [object('ball', 4)])
    expect([pairs.length, onlyA.length, onlyB.length]).toEqual([0, 1, 1])
  })

  it('accepts labels with more words than the expected ones', () => {
    expect(namesObject('a large Red circle', 'red circle')).toBe(true)
    expect(namesObject('reddish circle', 'red circle')).toBe(false)
  })
})

describe('accuracy of drawn scenes', () => {
  it('measures the IoU of a mask in its box', () => {
    const truth = new Uint8Array(16).fill(1, 0, 4) // The first row of 4 x 4 pixels.
    const mask = { box: { x: 0, y: 0, width: 2, height: 2 }, pixels: new Uint8Array([255, 255, 255, 0]) }
    expect(maskIou(mask, truth, 4)).toBeCloseTo(2 / 5)
  })

  it('counts missed and invented objects, wrong labels and missing masks', () => {
    const accuracy = { expected: 4, found: 5, matched: 3, labelled: 2, maskIous: [0.9, 0.6, 0] }
    const missed = { expected: 2, found: 0, matched: 0, labelled: 0, maskIous: [] }
    const total = totalAccuracy([photo('a', { accuracy }), photo('b', { accuracy: missed }), photo('c')])
    expect(total).toMatchObject({
      scenes: 2,
      precision: 3 / 5,
      recall: 3 / 6,
      labelShare: 2 / 3,
      meanMaskIou: 0.5,
    })
    expect(totalAccuracy([photo('c')])).toBeUndefined()
  })

  it('draws the same scenes for the same seed', () => {
    expect(drawnScenes(5, 7)).toEqual(drawnScenes(5, 7))
    expect(drawnScenes(5, 7)).not.toEqual(drawnScenes(5, 8))
  })
})

describe('totals', () => {
  it('uses percentiles that were measured', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, p95: 3 })
    expect(spread(Array.from({ length: 100 }, (_, index) => index + 1))).toEqual({ median: 50, p95: 95 })
    expect(spread([])).toBeUndefined()
  })

  it('count the cost of failed steps, and leave photos without an answer out of the cost for 1,000', () => {
    const rejected = photo('r', {
      status: 'rejected',
      steps: { describe: { state: 'not-run', requests: 0 }, locate: { state: 'not-run', requests: 0 } },
    })
    const totals = totalsOf([photo('a'), FAILED, rejected])
    expect(totals).toMatchObject({ photos: 3, complete: 1, answered: 2, requests: 5 })
    expect(totals.usdPer1000).toBeCloseTo(6.5)
    expect(totals.ms.locate).toEqual({ median: 30, p95: 30 })
  })

  it('do not guess an unknown price', () => {
    const { describe: step } = photo('a').steps
    const unknown = photo('b', {
      steps: { describe: step, locate: { state: 'succeeded', requests: 1, tokens: tokens(5) } },
    })
    expect(totalsOf([photo('a'), unknown])).toMatchObject({ usd: undefined, usdPer1000: undefined })
  })

  it('show the change from A to B', () => {
    expect([change(10, 12), change(10, 9.95), change(5, 5), change(undefined, 1)]).toEqual([
      '+20 %',
      '−0.5 %',
      'same',
      '–',
    ])
  })
})

describe('pages', () => {
  const EVIL = `"><script>alert(1)</script><img src=x onerror='alert(1)'>`

  it('escape every text', () => {
    expect(html`<p title="${EVIL}">${EVIL}</p>`.text).not.toMatch(/<script|<img|title=""/)
    const evil = photo(EVIL, {
      caption: EVIL,
      altText: EVIL,
      labels: [EVIL],
      text: EVIL,
      status: EVIL,
      objects: [{ ...object(EVIL, 0), maskReason: EVIL }],
      truth: [object(EVIL, 0)],
      dropped: { objects: 1, reasons: { [EVIL]: 1 } },
      error: { code: EVIL, message: EVIL },
      timingsMs: { [EVIL]: 1 },
      steps: {
        describe: {
          state: 'failed',
          requests: 1,
          model: EVIL,
          promptVersion: EVIL,
          error: { code: EVIL, message: EVIL },
        },
        locate: { state: 'failed', requests: 1 },
      },
    })
    const run = runOf([evil], {
      name: EVIL,
      source: EVIL,
      stopped: EVIL,
      settings: { [EVIL]: EVIL },
      model: { description: EVIL, local: true },
    })
    for (const page of [
      reportPage(run),
      comparePage(run, { ...run, photos: [photo(EVIL)] }, { a: EVIL, b: EVIL }),
    ]) {
      expect(page).toContain('&lt;script&gt;')
      expect(page).not.toMatch(/<script|<img src=x/)
    }
  })

  it('name every photo without a complete result, with the failed step', () => {
    const page = reportPage(runOf([photo('a.jpg'), FAILED]))
    expect(page).toContain('1 photo without a complete result')
    expect(page).toContain('locate failed (answer-unreadable)')
    expect(page).toContain('Unknown: the locate step has no result.')
    expect(progressLine(FAILED, 1, 10)).toBe(
      '[ 1/10] failed.jpg: partial, 1,000 tokens, $0.0100, 100 ms, locate failed (answer-unreadable), answer-unreadable: no list',
    )
  })

  it('show names and messages of a photo as one line without control characters', () => {
    const name = 'a\u001b[31m\n[2/2] b.jpg: succeeded'
    expect(progressLine(photo(name, { status: 'crashed' }), 1, 2)).toMatch(
      /^\[1\/2\] a\?\[31m \[2\/2\] b\.jpg: succeeded: crashed/,
    )
    expect(progressLine(photo(name), 1, 2)).not.toContain('\n')
  })

  it('say whether the detector answered', () => {
    const description = withDetector('a local Gemini API', false)
    expect(reportPage(runOf([], { model: { description, local: true } }))).toContain(
      'a local Gemini API; without its detector: objects are regions of colour',
    )
    expect(withDetector('a local Gemini API', true)).toBe('a local Gemini API; with its detector')
  })

  it('compare objects, texts and figures of photos with the same name', () => {
    const a = runOf([
      photo('a.jpg', { objects: [object('ball', 0), object('cup', 50)] }),
      photo('only-a.jpg'),
    ])
    const b = runOf(
      [photo('a.jpg', { objects: [object('sphere', 1), object('spoon', 80)], sha256: 'other' }), FAILED],
      {
        settings: { MASK_POINTS: '0' },
      },
    )
    const page = comparePage(a, b, { a: 'a/', b: 'b/' })
    expect(page).toContain('1 in both (1 with another label), 1 only in A, 1 only in B')
    expect(page).toMatch(/Other label: <del>ball<\/del> <ins>sphere<\/ins>/)
    expect(page).toMatch(/Only in A: <del>cup<\/del>/)
    expect(page).toMatch(/Only in B: <ins>spoon<\/ins>/)
    expect(page).toContain('Photos only in A: only-a.jpg')
    expect(page).toContain('Photos only in B: failed.jpg')
    expect(page).toMatch(/MASK_POINTS<\/th>\s*<td>24<\/td>\s*<td>0<\/td>\s*<td><strong>differs/)
  })
})

describe('totals of a comparison', () => {
  const folders = { a: 'a/', b: 'b/' }
  const totals = (a: PhotoResult[], b: PhotoResult[]) =>
    comparePage(runOf(a), runOf(b), folders).split('<h2>Settings')[0]!

  it('are over the photos that both runs have', () => {
    const page = totals([photo('a'), photo('b'), photo('c')], [photo('b'), FAILED])
    expect(page).toContain('Of the 1 photo that both runs have. A has 3 photos, B has 2;')
    expect(page).toMatch(/Photos<\/th>\s*<td class="n">1<\/td>\s*<td class="n">1<\/td>/)
    expect(page).toMatch(/Requests<\/th>\s*<td class="n">2<\/td>\s*<td class="n">2<\/td>/)
  })

  it('are over all photos of equal sets', () => {
    expect(totals([photo('a'), photo('b')], [photo('b'), photo('a')])).toContain('Of all 2 photos')
  })

  it('are left out if no photo is in both runs', () => {
    const page = totals([photo('a')], [photo('b')])
    expect(page).toContain('Of the 0 photos')
    expect(page).not.toContain('<table')
  })
})

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
