import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { AnswerQuestionResult } from '../../../../functions/src/api/answer-question.ts'
import type { DetectObjectsResult } from '../../../../functions/src/api/detect-objects.ts'
import { type AnswerEvent, startCalls } from '../../../support/calls.ts'
import { PHOTO, photoBytes, recordOutput, watchForLeaks } from '../../../support/canaries.ts'
import { deliver, documentOf, scriptDescription } from '../../../support/deliver.ts'

/* Damaged answers that are usable in part. */

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
/** A whole body: the emulator cuts `text` at the token limit of the request. */
const sent = (value: unknown) => {
  const content = { parts: [{ text: JSON.stringify(value) }] }
  return { body: { candidates: [{ content, finishReason: 'STOP' }] } }
}
const locatePrompt = { textIncludes: 'segmentation masks' }
const boxesPrompt = { textIncludes: 'each once' }

const labels = () => documentOf(calls).objects?.map(({ label }) => label)

/** Delivers with a good description. @returns the number of *locate* requests */
async function locateBy(...replies: object[]): Promise<number> {
  await scriptDescription(calls)
  for (const reply of replies) await calls.script({ times: 1, reply })
  expect(await deliver()).toEqual({ ended: 'acknowledged' })
  return (await calls.requests()).length - 1
}

describe('onImageUploaded(), when an answer ends at the token limit', () => {
  const whole = JSON.stringify([box('canary-one'), box('canary-two', [600, 600, 900, 900])])
  const half = { text: `${whole.slice(0, -1)},{"box_2d":[1`, finishReason: 'MAX_TOKENS' }

  it('asks once more for boxes only, and keeps both answers', async () => {
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
    ['is cut too', half],
    ['is empty', { body: {} }],
    ['is blocked', { text: 'CANARY-TEXT', finishReason: 'SAFETY' }],
  ])('keeps the complete objects when the second answer %s', async (_, again) => {
    expect(await locateBy(half, again)).toBe(2)
    expect(documentOf(calls).status).toBe('succeeded')
    expect(labels()).toEqual(['canary-one', 'canary-two'])
  })

  it('keeps the complete objects when the second request fails', async () => {
    await calls.script({ match: boxesPrompt, reply: { status: 503 } })
    expect(await locateBy(half)).toBe(4)
    expect(documentOf(calls).status).toBe('succeeded')
    expect(labels()).toEqual(['canary-one', 'canary-two'])
  })

  it('throws the event back when the answer has no complete object and the second request fails', async () => {
    await calls.script({ match: boxesPrompt, reply: { status: 503 } })
    await scriptDescription(calls)
    await calls.script({ reply: { text: '[{"box_2d":[1', finishReason: 'MAX_TOKENS' } })
    expect(await deliver()).toEqual({ ended: 'thrown', code: 'model-unavailable' })
    expect(documentOf(calls)).toMatchObject({
      status: 'processing',
      steps: { describe: { state: 'succeeded' } },
    })
  })

  it('keeps the complete fields of a description', async () => {
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
})

it('answerQuestion() returns the text so far, and truncated: true, at the token limit', async () => {
  await calls.script({ reply: { text: 'It is a', finishReason: 'MAX_TOKENS' } })
  const question = { images: { path: PHOTO }, question: 'CANARY-QUESTION' }
  const { result } = await calls.call<AnswerQuestionResult>('answerQuestion', question)
  expect(result).toMatchObject({ answer: 'It is a', truncated: true })
  expect(await calls.requests()).toHaveLength(1)
  const events: AnswerEvent[] = []
  for await (const event of calls.streamAnswer(question)) events.push(event)
  expect(events.at(-1)?.result).toMatchObject({ answer: 'It is a', truncated: true })
})

describe('onImageUploaded(), when an answer is not strict JSON', () => {
  it.each([
    ['JSON in a fence', '```json\n[{"box_2d":[100,100,500,500],"label":"canary-one"}]\n```'],
    ['JSON after text', 'Here: [{"box_2d":[100,100,500,500],"label":"canary-one"}]'],
    ['single quotes and a trailing comma', "[{'box_2d':[100,100,500,500],'label':'canary-one',}]"],
  ])('reads it without a second request: %s', async (_, text) => {
    expect(await locateBy({ text })).toBe(1)
    expect(documentOf(calls)).toMatchObject({ status: 'succeeded', steps: { locate: { paidCalls: 1 } } })
    expect(labels()).toEqual(['canary-one'])
  })

  it('reads the second answer when the first has no JSON', async () => {
    expect(await locateBy({ text: 'CANARY-TEXT' }, { text: JSON.stringify([box('canary-one')]) })).toBe(2)
    expect(documentOf(calls)).toMatchObject({ status: 'succeeded', steps: { locate: { paidCalls: 2 } } })
    expect(labels()).toEqual(['canary-one'])
  })
})

describe('JSON with invalid contents', () => {
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
  it('is clipped, shortened or dropped by onImageUploaded(), and counted', async () => {
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

  it('is limited to MAX_OBJECTS of 10,000 boxes', async () => {
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

  it('is returned by detectObjects() with the counts', async () => {
    await calls.script({ match: locatePrompt, reply: sent(wrong) })
    const { result, error } = await calls.call<DetectObjectsResult>('detectObjects', {
      image: { path: PHOTO },
      masks: true,
    })
    recordOutput(error)
    expect(result?.objects).toHaveLength(5)
    expect(result?.dropped).toMatchObject({ objects: 2 })
  })
})
