import sharp from 'sharp'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type CompareImagesResult,
  compareImagesResult,
} from '../../../../functions/src/api/compare-images.ts'
import { startCalls } from '../../../support/calls.ts'
import { drawScene, FOUR_SHAPES, withOrientation } from '../../../support/scene.ts'

const { png, truths } = await drawScene(FOUR_SHAPES)
const withoutCircle = await drawScene({ ...FOUR_SHAPES, shapes: FOUR_SHAPES.shapes.slice(1) })
/** Three quarters of the size, and stored on its side. */
const smaller = await withOrientation(await sharp(withoutCircle.png).resize(900, 600).png().toBuffer(), 6)
const calls = await startCalls()
afterAll(() => calls.close())

beforeEach(async () => {
  calls.reset()
  calls.store('users/alice/uploads/one.png', png)
  calls.store('users/alice/uploads/two.jpg', smaller)
  await calls.forget()
})

const BOTH = [{ path: 'users/alice/uploads/one.png' }, { path: 'users/alice/uploads/two.jpg' }]
const compare = async (data: object) => calls.call<CompareImagesResult>('compareImages', data)
const answer = async (value: object) => calls.script({ reply: { text: JSON.stringify(value) } })

describe('compareImages', () => {
  it('returns differences with regions in pixels of their upright image', async () => {
    // The emulator analyses both images, which takes seconds on a busy machine.
    const patient = calls.model({ attempts: 1, firstWaitMs: 1, maxWaitMs: 1 }, { timeoutMs: 20_000 })
    calls.reset({ model: patient, photos: calls.photos })
    const { result, error } = await compare({ images: BOTH })
    expect(error).toBeUndefined()
    const found = compareImagesResult.parse(result)
    expect(found.images).toEqual([
      { width: 1200, height: 800 },
      { width: 900, height: 600 },
    ])
    const gone = found.differences.find(({ description }) => description.includes('missing'))!
    expect(gone.description).toContain('red circle')
    expect(gone.regions.map(({ image }) => image)).toEqual([0])
    const circle = truths.find(({ label }) => label === 'red circle')!
    const sides = ['x', 'y', 'width', 'height'] as const
    const errors = sides.map((side) => Math.abs(gone.regions[0]!.box[side] - circle.box[side]))
    expect(Math.max(...errors)).toBeLessThanOrEqual(12)
    expect(found.similarities.length).toBeGreaterThan(0)
    expect(found.dropped).toEqual({ regions: 0, differences: 0, reasons: {} })
  })

  it('scales a region by the image it is in, not by the first', async () => {
    await answer({
      summary: 'S',
      similarities: [],
      differences: [
        {
          description: 'D',
          regions: [
            { image: 1, box_2d: [0, 500, 500, 1000] },
            { image: 2, box_2d: [0, 500, 500, 1000] },
          ],
        },
      ],
    })
    // The emulator analyses both images, which takes seconds on a busy machine.
    const patient = calls.model({ attempts: 1, firstWaitMs: 1, maxWaitMs: 1 }, { timeoutMs: 20_000 })
    calls.reset({ model: patient, photos: calls.photos })
    const { result, error } = await compare({ images: BOTH })
    expect(error).toBeUndefined()
    expect(result!.differences[0]!.regions).toEqual([
      { image: 0, box: { x: 600, y: 0, width: 600, height: 400 } },
      { image: 1, box: { x: 450, y: 0, width: 450, height: 300 } },
    ])
  })

  it('clips regions at the edge of their image, drops those outside, and counts both', async () => {
    await answer({
      summary: 'S',
      similarities: [],
      differences: [
        {
          description: 'D',
          regions: [
            { image: 1, box_2d: [-100, 900, 100, 1100] },
            { image: 1, box_2d: [1100, 0, 1300, 500] },
            { image: 3, box_2d: [0, 0, 500, 500] },
            { image: 2.5, box_2d: [0, 0, 500, 500] },
            { image: 2, box_2d: [0, 0, 500] },
            'nowhere',
          ],
        },
        { description: '' },
        7,
      ],
    })
    // The emulator analyses both images, which takes seconds on a busy machine.
    const patient = calls.model({ attempts: 1, firstWaitMs: 1, maxWaitMs: 1 }, { timeoutMs: 20_000 })
    calls.reset({ model: patient, photos: calls.photos })
    const { result, error } = await compare({ images: BOTH })
    expect(error).toBeUndefined()
    expect(result!.differences).toEqual([
      { description: 'D', regions: [{ image: 0, box: { x: 1080, y: 0, width: 120, height: 80 } }] },
    ])
    expect(result!.dropped).toEqual({
      regions: 5,
      differences: 2,
      reasons: {
        'region-clipped': 1,
        'region-outside': 1,
        'region-image': 2,
        'region-unreadable': 2,
        'difference-unreadable': 2,
      },
    })
  })

  it('takes "Image 2" for the second, as the request numbers them', async () => {
    const regions = [{ image: 'Image 2', box_2d: [0, 0, 1000, 1000] }]
    await answer({ summary: 'S', similarities: [], differences: [{ description: 'D', regions }] })
    // The emulator analyses both images, which takes seconds on a busy machine.
    const patient = calls.model({ attempts: 1, firstWaitMs: 1, maxWaitMs: 1 }, { timeoutMs: 20_000 })
    calls.reset({ model: patient, photos: calls.photos })
    const { result, error } = await compare({ images: BOTH })
    expect(error).toBeUndefined()
    expect(result!.differences[0]!.regions).toEqual([
      { image: 1, box: { x: 0, y: 0, width: 900, height: 600 } },
    ])
  })

  it('counts from 0 where the answer names an image 0, which would else be drawn on another one', async () => {
    const regions = [
      { image: 0, box_2d: [0, 0, 1000, 1000] },
      { image: 1, box_2d: [0, 0, 1000, 1000] },
    ]
    await answer({ summary: 'S', similarities: [], differences: [{ description: 'D', regions }] })
    // The emulator analyses both images, which takes seconds on a busy machine.
    const patient = calls.model({ attempts: 1, firstWaitMs: 1, maxWaitMs: 1 }, { timeoutMs: 20_000 })
    calls.reset({ model: patient, photos: calls.photos })
    const { result, error } = await compare({ images: BOTH })
    expect(error).toBeUndefined()
    expect(result!.differences[0]!.regions.map(({ image, box }) => [image, box.width])).toEqual([
      [0, 1200],
      [1, 900],
    ])
  })

  it('gives the question to the model with the task', async () => {
    await compare({ images: BOTH, question: 'Which one is older?' })
    const [request] = await calls.requests()
    expect(request!.texts!.at(-1)).toContain('Which one is older?')
    expect(request!.systemInstruction).not.toContain('older')
  })

  it.each([
    ['has no differences at all', { summary: 'S', similarities: [] }],
    ['contains them as prose', { summary: 'S', similarities: [], differences: 'none' }],
    ['is empty', { summary: '', similarities: [], differences: [] }],
  ])('does not take an answer that %s for one without differences', async (_, value) => {
    await answer(value)
    const { error } = await compare({ images: BOTH })
    expect(error?.details?.reason).toBe('answer-unreadable')
    // It was asked for once more.
    expect(await calls.requests()).toHaveLength(2)
  })

  it('keeps what is whole of an answer that was cut, and says so', async () => {
    const cut =
      '{"summary": "S", "similarities": ["a"], "differences": [{"description": "D", "regions": [{"image": 1, "box_2d": [0, 0, 5'
    await calls.script({ reply: { text: cut, finishReason: 'MAX_TOKENS' } })
    // The emulator analyses both images, which takes seconds on a busy machine.
    const patient = calls.model({ attempts: 1, firstWaitMs: 1, maxWaitMs: 1 }, { timeoutMs: 20_000 })
    calls.reset({ model: patient, photos: calls.photos })
    const { result, error } = await compare({ images: BOTH })
    expect(error).toBeUndefined()
    expect(result).toMatchObject({ summary: 'S', similarities: ['a'], truncated: true })
  })

  it('cleans all text of control and bidirectional characters', async () => {
    const evil = 'a\u0000b\u202ec\u2066d'
    await answer({ summary: evil, similarities: [evil], differences: [{ description: evil, regions: [] }] })
    // The emulator analyses both images, which takes seconds on a busy machine.
    const patient = calls.model({ attempts: 1, firstWaitMs: 1, maxWaitMs: 1 }, { timeoutMs: 20_000 })
    calls.reset({ model: patient, photos: calls.photos })
    const { result, error } = await compare({ images: BOTH })
    expect(error).toBeUndefined()
    expect(result).toMatchObject({
      summary: 'a bcd',
      similarities: ['a bcd'],
      differences: [{ description: 'a bcd' }],
    })
  })
})

describe('compareImages reads odd answers:', () => {
  const difference = { description: 'D', regions: [{ image: 1, box_2d: [0, 0, 500, 500] }] }

  it.each([
    ['a summary that is null', { summary: null, similarities: [], differences: [difference] }],
    ['similarities that are null', { summary: 'S', similarities: null, differences: [difference] }],
    ['a list around it all', [{ summary: 'S', similarities: [], differences: [difference] }]],
    [
      'a region that is no list',
      { summary: 'S', differences: [{ ...difference, regions: difference.regions[0] }] },
    ],
  ])('reads the differences of an answer with %s', async (_, value) => {
    await answer(value)
    const { result } = await calls.call<CompareImagesResult>('compareImages', { images: BOTH })
    expect(result?.differences).toHaveLength(1)
  })

  it('counts what it leaves out beyond its limits', async () => {
    const differences = Array.from({ length: 60 }, () => difference)
    await calls.script({ reply: { text: JSON.stringify({ summary: 'S', similarities: [], differences }) } })
    const { result } = await calls.call<CompareImagesResult>('compareImages', { images: BOTH })
    expect(result!.differences.length + result!.dropped.differences).toBe(60)
  })
})
