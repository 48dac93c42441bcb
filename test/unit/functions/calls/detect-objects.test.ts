import sharp from 'sharp'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type DetectObjectsResult,
  detectObjectsResult,
} from '../../../../functions/src/api/detect-objects.ts'
import { deliverInline } from '../../../../functions/src/callables/detection-output.ts'
import { startCalls } from '../../../support/calls.ts'
import { drawScene, FOUR_SHAPES, maskIoU } from '../../../support/scene.ts'

const { png, truths } = await drawScene(FOUR_SHAPES)
const calls = await startCalls()
afterAll(() => calls.close())

const PATH = 'users/alice/uploads/scene.png'
beforeEach(async () => {
  calls.reset()
  calls.store(PATH, png)
  await calls.forget()
})

const detect = async (data: object) =>
  calls.call<DetectObjectsResult>('detectObjects', { image: { path: PATH }, ...data })

/** The pixels of an object's mask in the picture. */
async function maskOf(
  bytes: Buffer,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
) {
  const { data, info } = await sharp(bytes).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
  expect([info.width, info.height]).toEqual([width, height])
  const mask = new Uint8Array(FOUR_SHAPES.width * FOUR_SHAPES.height)
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      mask[(y + row) * FOUR_SHAPES.width + x + column] = data[row * width + column]! && 1
  return mask
}

describe('detectObjects', () => {
  it('finds the prominent objects in pixels, without masks unless they are asked for', async () => {
    const { result } = await detect({})
    const found = detectObjectsResult.parse(result)
    expect(found.image).toEqual({ width: 1200, height: 800 })
    expect(found.objects.map(({ label }) => label).toSorted()).toEqual(
      truths.map(({ label }) => label).toSorted(),
    )
    expect(found.objects.every(({ mask }) => mask === null)).toBe(true)
    expect(found.dropped).toEqual({ objects: 0, reasons: {} })
  })

  it('finds what the caller names', async () => {
    const { result } = await detect({ targets: ['red things', 'the blue rectangle'] })
    expect(result!.objects.map(({ label }) => label).toSorted()).toEqual(['blue rectangle', 'red circle'])
  })

  it('gives no objects when the model says that there is none of those', async () => {
    const { result } = await detect({ targets: 'purple stars' })
    expect(result!.objects).toEqual([])
  })

  it('segments what the caller names, as polygons in pixels', async () => {
    const { result } = await detect({ targets: 'the green triangle', masks: true })
    const [object] = result!.objects
    const truth = truths.find(({ label }) => label === 'green triangle')!
    expect(object).toMatchObject({ label: 'green triangle', mask: { form: 'polygon' } })
    const polygon = object!.mask!.polygon!
    const points = Array.from({ length: polygon.length / 2 }, (_, i) => polygon.slice(2 * i, 2 * i + 2))
    const xs = points.map(([x]) => x!)
    const ys = points.map(([, y]) => y!)
    const { x, y, width, height } = truth.box
    const bounds = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
    const errors = [x, y, x + width, y + height].map((side, i) => Math.abs(side - bounds[i]!))
    expect(Math.max(...errors)).toBeLessThanOrEqual(12)
    const truthArea = truth.mask.reduce((sum, value) => sum + value, 0)
    expect(object!.mask!.areaPixels / truthArea).toBeCloseTo(1, 1)
    // The shoelace formula.
    const twice = points.reduce((sum, [x1, y1], i) => {
      const [x2, y2] = points[(i + 1) % points.length]!
      return sum + x1! * y2! - x2! * y1!
    }, 0)
    expect(Math.abs(twice) / 2 / truthArea).toBeCloseTo(1, 1)
  })

  it('gives masks that came as PNG as PNGs of the size of their box', async () => {
    process.env.LOCATE_MODEL = 'gemini-2.5-flash-lite'
    try {
      const { result } = await detect({ targets: 'the red circle', masks: true })
      const [object] = result!.objects
      expect(object!.mask).toMatchObject({ form: 'png' })
      const mask = await maskOf(Buffer.from(object!.mask!.png!, 'base64'), object!.box)
      expect(maskIoU(mask, truths.find(({ label }) => label === 'red circle')!.mask)).toBeGreaterThan(0.95)
    } finally {
      delete process.env.LOCATE_MODEL
    }
  })

  it('draws an overlay of the size of the image on request', async () => {
    const { result } = await detect({ masks: true, overlay: true })
    const overlay = await sharp(Buffer.from(result!.overlay!.png!, 'base64')).metadata()
    expect([overlay.width, overlay.height]).toEqual([1200, 800])
    expect(result!.overlay).toMatchObject({ contentType: 'image/png', width: 1200, height: 800 })
  })

  it('stores objects, masks and overlay beside the annotation, where deleting the photo removes them', async () => {
    const { result } = await detect({ masks: true, overlay: true, output: 'stored' })
    const stored = [...calls.photos.files.keys()].filter((name) => name !== PATH)
    const folder = result!.stored!.path.replace(/objects\.json$/, '')
    expect(folder).toMatch(
      /^users\/alice\/annotations\/[\w-]{43}\/1700000000000001\/detections\/[\w-]{36}\/$/,
    )
    expect(stored.toSorted()).toEqual([
      ...[0, 1, 2, 3].map((i) => `${folder}masks/${i}.png`),
      `${folder}objects.json`,
      `${folder}overlay.png`,
    ])
    const kept = JSON.parse(calls.photos.files.get(`${folder}objects.json`)!.bytes.toString())
    expect(kept).toEqual({
      image: result!.image,
      objects: result!.objects,
      dropped: result!.dropped,
      overlay: result!.overlay,
    })
    for (const { box, mask, label } of result!.objects) {
      const drawn = await maskOf(calls.photos.files.get(mask!.path!)!.bytes, box)
      expect(maskIoU(drawn, truths.find((truth) => truth.label === label)!.mask)).toBeGreaterThan(0.95)
      expect(mask!.polygon).toBeUndefined()
    }
  })

  it('stores nothing if the photo was deleted during the call', async () => {
    const write = calls.photos.writeResult
    calls.photos.writeResult = async (...given) => {
      calls.photos.files.delete(PATH)
      return write.call(calls.photos, ...given)
    }
    const { error } = await detect({ masks: true, output: 'stored' })
    expect(error).toMatchObject({ status: 'NOT_FOUND', details: { reason: 'object-gone' } })
    expect(calls.photos.files.size).toBe(0)
  })

  it('counts no lost masks if none were requested', async () => {
    const text = JSON.stringify([{ box_2d: [0, 0, 500, 500], label: 'a', mask: 'garbage' }])
    await calls.script({ reply: { text } })
    const { result } = await detect({})
    expect(result!.dropped).toEqual({ objects: 0, reasons: {} })
  })

  it('keeps more objects than it has asked for', async () => {
    const screws = Array.from({ length: 30 }, (_, i) => ({
      box_2d: [0, i * 30, 20, i * 30 + 20],
      label: 'screw',
    }))
    const count = async (data: object) => {
      await calls.script({ reply: { text: JSON.stringify(screws) } })
      return (await detect(data)).result!.objects.length
    }
    expect([await count({ targets: 'screws' }), await count({})]).toEqual([30, 30])
  })

  it('leaves out masks that would make the result too large, and counts them', async () => {
    const polygon = Array.from({ length: 50_000 }, (_, i): [number, number] => [i, i])
    const box = { x: 0, y: 0, width: 100, height: 100 }
    const runs = { box, spans: Int32Array.of(0, 0, 10), areaPixels: 10 }
    const objects = Array.from({ length: 10 }, (_, i) => ({
      label: `object ${i}`,
      box,
      box2d: [0, 0, 1000, 1000] as const,
      mask: { form: 'polygon' as const, runs, polygon },
    }))
    const delivered = await deliverInline({ objects, dropped: {} }, box, { overlay: true })
    // 600 kB each, of 4 MB in all.
    expect(delivered.objects.filter(({ mask }) => mask !== null)).toHaveLength(6)
    expect(delivered.objects.at(-1)).toMatchObject({ mask: null, maskReason: 'mask-over-limit' })
    expect(delivered.dropped).toEqual({ objects: 0, reasons: { 'mask-over-limit': 4 } })
    expect(delivered.overlay?.png).toBeDefined()
  })

  it.each([
    ['an overlay without masks', { overlay: true }, 'overlay'],
    [
      'storing what is no upload',
      { image: { inlineData: { mimeType: 'image/png', data: 'AAAA' } }, output: 'stored' },
      'output',
    ],
    ['21 targets', { targets: Array.from({ length: 21 }, (_, i) => `thing ${i}`) }, 'targets'],
    ['a target of 201 characters', { targets: 'x'.repeat(201) }, 'targets'],
  ])('refuses %s, and says where', async (_, data, path) => {
    const { error } = await detect(data)
    expect(error?.details).toMatchObject({ reason: 'invalid-request' })
    expect(error!.details!.issues!.map((issue) => issue.path)).toContain(path)
  })
})
