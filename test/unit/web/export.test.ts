import { describe, expect, it, test } from 'vitest'
import { costOfTokens, dollars, spentOnPhoto } from '../../../web/src/export/cost.ts'
import { boxIn, cutOut, exportSize } from '../../../web/src/export/cut-out.ts'
import { FileNames } from '../../../web/src/export/file-names.ts'
import { snippetsOf } from '../../../web/src/export/snippets.ts'

describe('cutOut()', () => {
  const photo = () => ({ width: 2, height: 1, data: new Uint8ClampedArray([9, 8, 7, 255, 6, 5, 4, 255]) })
  const mask = { width: 2, height: 1, data: new Uint8ClampedArray([255, 255, 255, 255, 0, 0, 0, 255]) }

  it('keeps the pixels of the mask, and makes all others transparent', () => {
    const pixels = photo()
    cutOut(pixels, mask)
    expect([...pixels.data]).toEqual([9, 8, 7, 255, 0, 0, 0, 0])
  })

  it('fails for a mask of another size', () => {
    expect(() => cutOut(photo(), { ...mask, width: 1, height: 2 })).toThrow(
      '2 x 1 pixels here, and the mask 1 x 2',
    )
  })
})

test('exportSize() is the size of the photo, or of the smaller copy that the browser shows', () => {
  const image = { width: 4000, height: 3000 }
  expect(exportSize(image, image)).toEqual(image)
  expect(exportSize({ width: 1536, height: 1152 }, image)).toEqual({ width: 1536, height: 1152 })
  expect(exportSize({ width: 8000, height: 6000 }, image)).toEqual(image)
})

test('boxIn() scales a box to a copy, with at least one pixel', () => {
  const image = { width: 4000, height: 3000 }
  const box = { x: 100, y: 200, width: 1, height: 1000 }
  expect(boxIn(image, image, box)).toEqual(box)
  expect(boxIn({ width: 400, height: 300 }, image, box)).toEqual({ x: 10, y: 20, width: 1, height: 100 })
})

describe('FileNames', () => {
  it('uses the name of the added file, else the id of the photo', () => {
    expect(new FileNames('abcdefghijk', 'Urlaub 2026 (1).JPG').of('overlay', 'png')).toBe(
      'Urlaub-2026-1-overlay.png',
    )
    expect(new FileNames('abcdefghijk', undefined).of('document', 'json')).toBe(
      'photo-abcdefgh-document.json',
    )
    expect(new FileNames('abcdefghijk', '...').of('annotated', 'jpg')).toBe('photo-abcdefgh-annotated.jpg')
  })

  it('numbers objects from 1, and removes everything from labels that could be a path', () => {
    const names = new FileNames('abcdefghijk', undefined)
    expect(names.ofObject(0, '../../etc/passwd\0', 'mask')).toBe('photo-abcdefgh-01-etc-passwd-mask.png')
    expect(names.inArchive(11, 'Straße 猫', 'cut-out')).toBe('12-Straße-猫-cut-out.png')
    expect(names.inArchive(2, '///', 'mask')).toBe('03-mask.png')
    expect(names.inArchive(0, 'x'.repeat(99), 'mask')).toBe(`01-${'x'.repeat(40)}-mask.png`)
  })
})

describe('costOfTokens()', () => {
  const usage = { promptTokens: 1000, outputTokens: 100, thoughtTokens: 20, totalTokens: 1120, calls: 1 }
  const model = (version: string) => ({
    provider: 'gemini-api' as const,
    requested: 'gemini-3.8-flash',
    version,
    promptVersion: '1',
  })
  const done = (version: string) => ({ state: 'succeeded' as const, model: model(version), usage })
  const draw = { state: 'succeeded' as const }

  it('adds up the steps at the list prices of the day, with thinking as output', () => {
    const steps = { describe: done('gemini-3.8-flash-001'), locate: done('gemini-3.5-flash-lite'), draw }
    const cost = costOfTokens(spentOnPhoto({ steps }), new Date('2026-12-31T23:00:00Z'))
    expect(cost.rows.map(({ name, usd }) => [name, usd?.toFixed(6)])).toEqual([
      ['Description', ((1000 * 0.75 + 120 * 3.75) / 1e6).toFixed(6)],
      ['Objects', ((1000 * 0.3 + 120 * 2.5) / 1e6).toFixed(6)],
    ])
    expect(cost.usd).toBeCloseTo(0.0018, 9)
    expect([...cost.prices.keys()]).toEqual(['gemini-3.8-flash-001', 'gemini-3.5-flash-lite'])
    const next = costOfTokens(spentOnPhoto({ steps }), new Date('2027-01-01T00:00:00Z'))
    expect(next.rows[0]?.usd).toBeCloseTo((1000 * 1.5 + 120 * 7.5) / 1e6, 9)
  })

  it('uses the price of the requested model for a version without a listed price', () => {
    const steps = {
      describe: done('gemini-3.8-flash-preview-11-2026'),
      locate: { state: 'failed' as const },
      draw,
    }
    const cost = costOfTokens(spentOnPhoto({ steps }), new Date('2026-12-01'))
    expect([...cost.prices.keys()]).toEqual(['gemini-3.8-flash'])
    expect(cost.rows).toHaveLength(1)
  })

  it('states no total if a price is not known', () => {
    const unknown = { ...model('gemini-9'), requested: 'gemini-9' }
    const steps = { describe: done('gemini-3.8-flash'), locate: { ...done('x'), model: unknown }, draw }
    const cost = costOfTokens(spentOnPhoto({ steps }), new Date('2026-12-01'))
    expect(cost).toMatchObject({ usd: undefined, unpriced: ['gemini-9'] })
    expect(cost.rows[0]?.usd).toBeGreaterThan(0)
  })

  it('uses the sum for a document without models of the steps', () => {
    const pending = { state: 'succeeded' as const }
    const sum = {
      steps: { describe: pending, locate: pending, draw },
      model: model('gemini-3.8-flash'),
      usage,
    }
    expect(spentOnPhoto(sum).map(({ name }) => name)).toEqual(['Photo'])
  })
})

test('dollars() has two significant digits, and two decimals from one dollar on', () => {
  expect([0, 0.0046925, 0.00000123, 0.5, 1.234].map(dollars)).toEqual([
    '$0.00',
    '$0.0047',
    '$0.0000012',
    '$0.50',
    '$1.23',
  ])
})

describe('snippetsOf()', () => {
  const photo = { path: 'users/u1/uploads/a.jpg', imageId: 'id1', bucket: 'p.appspot.com' }
  const project = {
    projectId: 'p',
    settings: { appCheckSiteKey: undefined, client: {} },
    emulators: undefined,
  }

  it('has the path or the id of the photo in every language', () => {
    for (const [language, code] of Object.entries(snippetsOf(photo, project)))
      expect([language, code]).toEqual([
        language,
        expect.stringContaining(language === 'Node' ? 'images/id1' : photo.path),
      ])
  })

  it('has the settings of the deployment', () => {
    const client = { region: 'europe-west1', collection: 'pictures', database: 'eu', instance: 'a' }
    const { Web, Node, curl, Swift, Kotlin } = snippetsOf(photo, {
      ...project,
      settings: { appCheckSiteKey: 'key', client },
    })
    expect(Web).toContain(
      "createFiresight({ app, auth, region: 'europe-west1', collection: 'pictures', database: 'eu', instance: 'a' })",
    )
    expect(Node).toContain("getFirestore(app, 'eu')")
    expect(Node).toContain("'pictures/id1'")
    expect(curl).toContain('https://europe-west1-p.cloudfunctions.net/kit-a-answerQuestion')
    expect(curl).toContain('X-Firebase-AppCheck')
    expect(Swift).toContain(
      'region: "europe-west1", database: "eu", collection: "pictures", prefix: "kit-a-"',
    )
    expect(Kotlin).toContain('prefix = "kit-a-"')
  })

  it('calls the emulators, and a custom domain', () => {
    const emulators = { auth: 'h:1', functions: 'h:2', firestore: 'h:3', storage: 'h:4' }
    const local = snippetsOf(photo, { ...project, emulators })
    expect(local.curl).toContain('http://h:2/p/us-central1/answerQuestion')
    expect(local.Web).toContain("const emulators = { functions: 'h:2', firestore: 'h:3', storage: 'h:4' }")
    expect(local.Node).toContain('FIRESTORE_EMULATOR_HOST=h:3')
    const domain = { appCheckSiteKey: undefined, client: { region: 'https://api.example.com' } }
    expect(snippetsOf(photo, { ...project, settings: domain }).curl).toContain(
      'curl https://api.example.com/answerQuestion',
    )
  })

  it('escapes quotes, backslashes and interpolation in paths', () => {
    const odd = { ...photo, path: `it's "$x" \\(y)` }
    const { Web, curl, Swift, Kotlin } = snippetsOf(odd, project)
    expect(Web).toContain(String.raw`const path = 'it\'s "$x" \\(y)'`)
    expect(curl).toContain(String.raw`it'\''s \"$x\" \\(y)`)
    expect(Swift).toContain(String.raw`"it's \"$x\" \\(y)"`)
    expect(Kotlin).toContain(String.raw`\"\$x\"`)
  })
})
