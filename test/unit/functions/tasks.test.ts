import { describe, expect, it } from 'vitest'
import { cleanText } from '../../../functions/src/answers/clean-text.ts'
import type { TaskModel } from '../../../functions/src/config/task-model.ts'
import type { PreparedImage } from '../../../functions/src/image/prepare.ts'
import { describeRequest, readDescription } from '../../../functions/src/tasks/describe.ts'
import {
  type LocateOptions,
  locateBoxesRequest,
  locateRequest,
} from '../../../functions/src/tasks/locate/request.ts'

const image: PreparedImage = {
  data: Buffer.from('jpeg'),
  mimeType: 'image/jpeg',
  width: 4,
  height: 3,
  sharpness: 1,
}
const MODEL: TaskModel = { model: 'gemini-3.8-flash', mediaResolution: 'medium' }
const OLD_MODEL: TaskModel = { ...MODEL, model: 'gemini-2.5-flash' }
const MASKS = { maxObjects: 20, maskPoints: 24 }
const answer = (value: unknown, truncated = false) => ({
  text: typeof value === 'string' ? value : JSON.stringify(value),
  truncated,
})

describe('describeRequest() and locateRequest()', () => {
  it('put the text after the single image', () => {
    for (const request of [
      describeRequest(image, MODEL),
      locateRequest(image, MODEL, MASKS),
      locateBoxesRequest(image, MODEL, MASKS),
    ]) {
      expect(request.parts.map((part) => Object.keys(part)[0])).toEqual(['image', 'text'])
    }
  })

  it('use schema keywords that Gemini supports', () => {
    const { schema } = describeRequest(image, MODEL).json!
    expect(schema).toMatchObject({
      type: 'object',
      required: ['caption', 'altText', 'labels', 'text'],
      properties: { caption: { type: 'string' }, labels: { type: 'array', items: { type: 'string' } } },
    })
    expect(JSON.stringify(schema)).not.toMatch(/\$schema|"const"|"pattern"|"maxLength"/)
  })

  it('ask for the mask form of the family', () => {
    const prompt = (model: TaskModel) => JSON.stringify(locateRequest(image, model, MASKS).parts[1])
    expect(prompt(MODEL)).toContain('polygon')
    expect(prompt(OLD_MODEL)).toContain('segmentation masks')
    expect(prompt(OLD_MODEL)).not.toContain('polygon')
  })

  it('ask for PNG masks without JSON mode', () => {
    expect(locateRequest(image, OLD_MODEL, MASKS)).not.toHaveProperty('json')
    expect(locateRequest(image, MODEL, MASKS).json).toEqual({})
  })

  it('ask for a number of objects, unless there are targets, and for at most MASK_POINTS points', () => {
    const prompt = (options: Partial<LocateOptions>) =>
      JSON.stringify(locateRequest(image, MODEL, { ...MASKS, ...options }).parts[1])
    expect(prompt({})).toMatch(/at most 20 objects.* of at most 24 points/)
    expect(prompt({ maxObjects: 5, maskPoints: 12 })).toMatch(/at most 5 objects.* of at most 12 points/)
    expect(prompt({ maxObjects: 100 })).toMatch(/at most 100 objects/)
    expect(prompt({ maxObjects: 100, maskPoints: 0 })).toMatch(/at most 100 objects/)
    for (const maskPoints of [0, 24])
      expect(prompt({ targets: ['screws'], maskPoints })).not.toMatch(/at most \d+ objects/)
  })

  it('allow as many tokens as the objects need', () => {
    const limit = (maxObjects: number, maskPoints: number) =>
      locateRequest(image, MODEL, { maxObjects, maskPoints }).maxOutputTokens
    expect([limit(20, 24), limit(200, 24)]).toEqual([32_768, 200 * 304])
    expect([limit(20, 0), limit(255, 0)]).toEqual([8192, 255 * 64])
    expect(limit(255, 200)).toBe(65_536)
  })

  it('ask for no more objects in the second request than in the first, and for at most 25', () => {
    const asked = (maxObjects: number) => JSON.stringify(locateBoxesRequest(image, MODEL, { maxObjects }))
    expect(asked(5)).toContain('at most 5 objects')
    expect(asked(100)).toContain('at most 25 objects')
  })

  it('ask for boxes in a schema if MASK_POINTS is 0', () => {
    const request = locateRequest(image, MODEL, { maxObjects: 5, maskPoints: 0 })
    expect(JSON.stringify(request)).not.toMatch(/mask/)
    expect(JSON.stringify(request.parts[1])).toContain('at most 5 objects')
    expect(request.json!.schema).toMatchObject({ items: { required: ['box_2d', 'label'] } })
  })

  it('ask for fewer objects without masks in a schema', () => {
    const [whole, boxes] = [
      locateRequest(image, OLD_MODEL, MASKS),
      locateBoxesRequest(image, OLD_MODEL, MASKS),
    ]
    expect(boxes.json!.schema).toMatchObject({
      type: 'array',
      items: { required: ['box_2d', 'label'], properties: { box_2d: { minItems: 4, maxItems: 4 } } },
    })
    expect(JSON.stringify(boxes)).not.toContain('mask')
    expect(boxes.maxOutputTokens).toBeLessThan(whole.maxOutputTokens / 4)
  })
})

describe('readDescription()', () => {
  it('cleans the text, and makes labels lower case and unique', () => {
    const { description, state } = readDescription(
      answer({
        caption: ' A \u202ered\u0000 ball. ',
        altText: 'A ball',
        labels: ['Ball', 'ball ', '', 'Toy'],
        text: ' STOP \r\n\n\n\u202eHERE\u0000',
      }),
    )
    expect(state).toBe('read')
    expect(description).toEqual({
      caption: 'A red ball.',
      altText: 'A ball',
      labels: ['ball', 'toy'],
      text: 'STOP\n\nHERE',
    })
  })

  it('keeps the complete fields of a cut answer', () => {
    const cut = answer(
      '{"caption":"A sign","altText":"A sign","labels":["sign"],"text":"long text that was cu',
      true,
    )
    expect(readDescription(cut)).toEqual({
      description: { caption: 'A sign', altText: 'A sign', labels: ['sign'], text: 'long text that was cu' },
      state: 'salvaged',
      droppedLabels: 0,
    })
  })

  it('keeps 5000 characters of text, with their line breaks', () => {
    const text = `first\n${'x'.repeat(6000)}`
    const { description } = readDescription(answer({ caption: 'A', altText: 'A', labels: [], text }))
    expect(description.text).toBe(text.slice(0, 5000))
  })

  it('refuses an empty caption', () => {
    const empty = answer({ caption: ' \u200b', altText: 'A ball', labels: [], text: '' })
    expect(() => readDescription(empty)).toThrowError(expect.objectContaining({ code: 'answer-unreadable' }))
  })

  it('refuses an answer of another shape', () => {
    expect(() => readDescription(answer({ caption: 'A ball' }))).toThrowError(
      expect.objectContaining({ code: 'answer-unreadable' }),
    )
    const cut = answer('{"caption":"A ball","altText":"A b', true)
    expect(() => readDescription(cut)).toThrowError(expect.objectContaining({ code: 'answer-truncated' }))
  })
})

describe('cleanText()', () => {
  it.each([
    ['a\u200bb', 20, 'ab'],
    ['a\u0000b\u2028c', 20, 'a b c'],
    ['ca\u200dt', 20, 'cat'],
    ['\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d', 20, '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}'],
    ['\u0645\u06cc\u200c\u062e', 20, '\u0645\u06cc\u200c\u062e'],
    ['\u200b'.repeat(1000), 20, ''],
    ['  a \n\t b  ', 20, 'a b'],
    ['e\u0301', 20, '\u00e9'],
    ['😀😀😀', 2, '😀😀'],
    ['a\ud83d', 20, 'a\ufffd'],
    ['\u2066admin\u2069', 20, 'admin'],
  ])('%j of at most %i characters is %j', (text, length, clean) => {
    expect(cleanText(text, length)).toBe(clean)
  })
})
