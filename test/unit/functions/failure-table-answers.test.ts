import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { AnswerQuestionResult } from '../../../functions/src/api/answer-question.ts'
import type { DetectObjectsResult } from '../../../functions/src/api/detect-objects.ts'
import { type AnswerEvent, startCalls } from '../../support/calls.ts'
import { keepForCanaries, PHOTO, photoBytes, watchForLeaks } from '../../support/canaries.ts'
import { deliver, documentOf, scriptDescription } from '../../support/deliver.ts'

/** Rows 19, 23 and 24: answers that are damaged, and of which something can be used. */

const calls = await startCalls()
afterAll(() => calls.close())
watchForLeaks()

beforeEach(async () => {
  calls.reset()
  calls.store(PHOTO, photoBytes)
  await calls.forget()
})

const description = {
  caption: 'CANARY-CAPTION',
  altText: 'CANARY-ALT',
  labels: ['canary-one', 'canary-two'],
  text: 'CANARY-SEEN',
}
const box = (label: string, box_2d: unknown = [100, 100, 500, 500]) => ({ box_2d, label })
/** As the service might send it: longer than the tokens that were asked for, which the emulator would cut. */
const sent = (value: unknown) => {
  const content = { parts: [{ text: JSON.stringify(value) }] }
  return { body: { candidates: [{ content, finishReason: 'STOP' }] } }
}
const locatePrompt = { textIncludes: 'segmentation masks' }
const boxesPrompt = { textIncludes: 'each once' }

const labels = () => documentOf(calls).objects?.map(({ label }) => label)

/** Delivers with a description that is well, and says how often the objects were asked for. */
async function locateBy(...replies: object[]): Promise<number> {
  await scriptDescription(calls)
  for (const reply of replies) await calls.script({ times: 1, reply })
  expect(await deliver()).toEqual({ ended: 'acknowledged' })
  return (await calls.requests()).length - 1
}

describe('row 19, an answer that ends at the token limit', () => {
  const whole = JSON.stringify([box('canary-one'), box('canary-two', [600, 600, 900, 900])])
  const half = { text: `${whole.slice(0, -1)},{"box_2d":[1`, finishReason: 'MAX_TOKENS' }

  it('is asked for once more in less, and both are kept', async () => {
    const again = { text: JSON.stringify([box('canary-three', [0, 600, 90, 900])]) }
    expect(await locateBy(half, again)).toBe(2)
    expect(documentOf(calls)).toMatchObject({
      status: 'succeeded',
      steps: { locate: { state: 'succeeded', answer: 'salvaged', paidCalls: 2 } },
      dropped: { reasons: { 'object-cut': 1 } },
    })
    expect(labels()).toEqual(['canary-one', 'canary-two', 'canary-three'])
    await calls.forget()
    await deliver()
    expect(await calls.requests()).toEqual([])
  })

  it.each([
    ['is cut as well', half],
    ['is none', { body: {} }],
    ['is blocked', { text: 'CANARY-TEXT', finishReason: 'SAFETY' }],
  ])('keeps its whole objects when the second answer %s', async (_, again) => {
    expect(await locateBy(half, again)).toBe(2)
    expect(documentOf(calls).status).toBe('succeeded')
    expect(labels()).toEqual(['canary-one', 'canary-two'])
  })

  it('keeps its whole objects when the service fails meanwhile', async () => {
    await calls.script({ match: boxesPrompt, reply: { status: 503 } })
    expect(await locateBy(half)).toBe(4)
    expect(documentOf(calls).status).toBe('succeeded')
    expect(labels()).toEqual(['canary-one', 'canary-two'])
  })

  it('is asked for once more, and comes again, when nothing of it can be used and the service fails', async () => {
    await calls.script({ match: boxesPrompt, reply: { status: 503 } })
    await scriptDescription(calls)
    await calls.script({ reply: { text: '[{"box_2d":[1', finishReason: 'MAX_TOKENS' } })
    expect(await deliver()).toEqual({ ended: 'thrown', code: 'model-unavailable' })
    expect(documentOf(calls)).toMatchObject({
      status: 'processing',
      steps: { describe: { state: 'succeeded' } },
    })
  })

  it('gives what there is of a description', async () => {
    const text = JSON.stringify(description).slice(0, -10)
    await calls.script({
      match: { textIncludes: 'Describe this' },
      reply: { text, finishReason: 'MAX_TOKENS' },
    })
    await calls.script({ reply: { text: '[]' } })
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toMatchObject({ status: 'succeeded', caption: 'CANARY-CAPTION' })
    expect(await calls.requests()).toHaveLength(2)
  })

  it('answers a question with what there is, and says so', async () => {
    await calls.script({ reply: { text: 'It is a', finishReason: 'MAX_TOKENS' } })
    const question = { images: { path: PHOTO }, question: 'CANARY-QUESTION' }
    const { result } = await calls.call<AnswerQuestionResult>('answerQuestion', question)
    expect(result).toMatchObject({ answer: 'It is a', truncated: true })
    expect(await calls.requests()).toHaveLength(1)
    const events: AnswerEvent[] = []
    for await (const event of calls.streamAnswer(question)) events.push(event)
    expect(events.at(-1)?.result).toMatchObject({ answer: 'It is a', truncated: true })
  })
})

describe('row 23, JSON that is not as it was asked for', () => {
  it.each([
    ['in a fence', '```json\n[{"box_2d":[100,100,500,500],"label":"canary-one"}]\n```'],
    ['after words', 'Here: [{"box_2d":[100,100,500,500],"label":"canary-one"}]'],
    ['with single quotes and a comma too many', "[{'box_2d':[100,100,500,500],'label':'canary-one',}]"],
  ])('is read once: %s', async (_, text) => {
    expect(await locateBy({ text })).toBe(1)
    expect(documentOf(calls)).toMatchObject({ status: 'succeeded', steps: { locate: { paidCalls: 1 } } })
    expect(labels()).toEqual(['canary-one'])
  })

  it('is taken from the second answer when the first one is none', async () => {
    expect(await locateBy({ text: 'CANARY-TEXT' }, { text: JSON.stringify([box('canary-one')]) })).toBe(2)
    expect(documentOf(calls)).toMatchObject({ status: 'succeeded', steps: { locate: { paidCalls: 2 } } })
    expect(labels()).toEqual(['canary-one'])
  })
})

describe('row 24, JSON with wrong contents', () => {
  const wrong = [
    box('canary-fine'),
    box('canary-nan', ['NaN', 100, 500, 500]),
    box('canary-inverted', [500, 500, 100, 600]),
    box('canary-outside', [-50, 900, 100, 4000]),
    box('canary-empty', [300, 300, 300, 300]),
    {
      ...box('canary-mask', [600, 100, 900, 400]),
      mask: `data:image/png;base64,iVBORw0KGgo${'A'.repeat(2_000_001)}`,
    },
    box(`canary-long${'x'.repeat(1_000_000)}`, [600, 600, 900, 900]),
  ]
  it('is clamped, capped and dropped, and counted', async () => {
    expect(await locateBy(sent(wrong))).toBe(1)
    const { status, objects, dropped, image } = documentOf(calls)
    expect(status).toBe('succeeded')
    expect(dropped).toMatchObject({
      objects: 2,
      reasons: { 'box-unreadable': 1, 'box-empty': 1, 'mask-too-large': 1 },
    })
    expect(objects).toHaveLength(5)
    for (const {
      box: { x, y, width, height },
      label,
    } of objects!) {
      expect(label.length).toBeLessThanOrEqual(80)
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0)
      expect(Math.min(width, height)).toBeGreaterThan(0)
      expect([x + width <= image!.width, y + height <= image!.height]).toEqual([true, true])
    }
  })

  it('keeps MAX_OBJECTS of 10,000 boxes', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => {
      const [top, left] = [Math.floor(index / 100) * 10, (index % 100) * 10]
      return box(`canary-${index}`, [top, left, top + 10, left + 10])
    })
    expect(await locateBy(sent(many))).toBe(1)
    const { status, objects, dropped } = documentOf(calls)
    expect({ status, objects: objects?.length, dropped }).toEqual({
      status: 'succeeded',
      objects: 100,
      dropped: { objects: 9900, reasons: { 'too-many-objects': 9900 } },
    })
  })

  it('is told to a caller with the counts', async () => {
    await calls.script({ match: locatePrompt, reply: sent(wrong) })
    const { result, error } = await calls.call<DetectObjectsResult>('detectObjects', {
      image: { path: PHOTO },
      masks: true,
    })
    keepForCanaries(error)
    expect(result?.objects).toHaveLength(5)
    expect(result?.dropped).toMatchObject({ objects: 2 })
  })
})
