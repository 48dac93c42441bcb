import { describe, expect, it } from 'vitest'
import { annotate, annotationOf, drawnPaths, fails, photos, png, upload } from '../../support/photo-run.ts'
import { Cut, DESCRIPTION, OBJECTS, scriptedModel } from '../../support/vision.ts'

const [ball] = OBJECTS
const boxOnly = (label: string, top: number) => ({ box_2d: [top, 0, top + 100, 100], label })
const cutAnswer = new Cut(`${JSON.stringify(OBJECTS).slice(0, -1)},{"box_2d":[1,2,3`)

async function locate(replies: Parameters<typeof scriptedModel>[0]) {
  const script = scriptedModel(replies)
  const photo = upload(png)
  const outcome = await annotate(photo, script)
  const requests = script.requests.filter(({ task }) => task === 'locate').map(({ request }) => request)
  return { outcome, annotation: annotationOf(photo)!, requests, photo }
}

describe('annotateImage(), when the answer with the objects is incomplete', () => {
  it('asks once more for boxes only, and adds the new objects to the salvaged ones', async () => {
    const again = [
      { box_2d: [255, 250, 750, 750], label: 'red ball' },
      boxOnly('stone', 0),
      boxOnly('leaf', 850),
    ]
    const { outcome, annotation, requests } = await locate({ locate: [cutAnswer, again] })
    expect(outcome).toMatchObject({ status: 'succeeded' })
    expect(requests).toHaveLength(2)
    expect(requests[1]!.json?.schema).toMatchObject({ type: 'array' })
    expect(JSON.stringify(requests[1]!.parts.at(-1))).not.toContain('mask')
    expect(
      annotation.objects?.map(({ label, mask, maskReason }) => [label, mask?.form ?? maskReason]),
    ).toEqual([
      ['ball', 'polygon'],
      ['stone', 'mask-not-asked'],
      ['leaf', 'mask-not-asked'],
    ])
    expect(annotation.dropped).toEqual({
      objects: 1,
      reasons: { 'object-cut': 1, duplicate: 1, 'mask-not-asked': 2 },
    })
    expect(annotation.steps.locate).toMatchObject({
      state: 'succeeded',
      answer: 'salvaged',
      usage: { calls: 2 },
    })
  })

  it('stores both answers, so that a redelivery draws the same without a request', async () => {
    const { photo } = await locate({ locate: [cutAnswer, [boxOnly('stone', 0)]] })
    const stored = JSON.parse(photos.files.get(drawnPaths(photo).text)!.bytes.toString()) as {
      answers: unknown[]
    }
    expect(stored.answers).toEqual([
      { text: cutAnswer.text, truncated: true },
      { text: JSON.stringify([boxOnly('stone', 0)]), truncated: false },
    ])
  })

  it.each([
    ['the service fails', fails('model-unavailable')],
    ['the second answer cannot be read', 'I see a ball.'],
    ['the second answer is cut', new Cut('[{"box_2d":[1')],
    ['the second answer is blocked', fails('blocked-safety')],
    ['the second answer has no objects', []],
  ])('keeps the salvaged objects when %s', async (_, reply) => {
    const { annotation, requests } = await locate({ locate: [cutAnswer, reply] })
    expect(requests).toHaveLength(2)
    expect(annotation).toMatchObject({
      status: 'succeeded',
      objects: [{ label: 'ball', mask: { form: 'polygon' } }],
    })
  })

  it('returns no objects when the second answer is an empty list', async () => {
    const { annotation } = await locate({ locate: ['I did not find any polyp.', []] })
    expect(annotation).toMatchObject({
      status: 'succeeded',
      objects: [],
      dropped: { objects: 0, reasons: {} },
    })
  })

  it('keeps the counts of dropped entries of an unusable first answer', async () => {
    const points = [{ point: [1, 2], label: 'tail' }]
    const { annotation } = await locate({ locate: [points, [boxOnly('tail', 0)]] })
    expect(annotation.dropped).toEqual({ objects: 1, reasons: { 'point-only': 1, 'mask-not-asked': 1 } })
  })

  it('merges boxes of two answers with the same label, or that nearly coincide', async () => {
    const box = (label: string, bottom: number) => ({ box_2d: [0, 0, bottom, 1000], label })
    const first = new Cut(`${JSON.stringify([box('room', 1000)]).slice(0, -1)},`)
    const again = [box('room', 700), box('sofa', 600), box('interior', 900)]
    const { annotation } = await locate({ locate: [first, again] })
    expect(annotation.objects?.map(({ label }) => label)).toEqual(['room', 'sofa'])
    expect(annotation.dropped?.reasons).toMatchObject({ duplicate: 2 })
  })

  it('does not ask again when the token limit cut text after the last object', async () => {
    const { requests } = await locate({ locate: [new Cut(`${JSON.stringify([ball])}\n\nThese are`)] })
    expect(requests).toHaveLength(1)
  })

  it('reports the error of the second answer and the usage of both when neither can be read', async () => {
    const { annotation, requests } = await locate({ locate: ['prose', new Cut('[{"box_2d":[1')] })
    expect(requests).toHaveLength(2)
    expect(annotation).toMatchObject({
      status: 'partial',
      error: { code: 'answer-truncated' },
      usage: { calls: 3 },
    })
    expect(annotation).not.toHaveProperty('objects')
  })

  it('reports blocked-safety when the first answer is unreadable and the second is blocked', async () => {
    const { annotation } = await locate({ locate: ['prose', fails('blocked-safety')] })
    expect(annotation).toMatchObject({ status: 'partial', error: { code: 'blocked-safety' } })
  })

  it('does not ask again when a damaged answer is complete', async () => {
    const { annotation, requests } = await locate({
      locate: [JSON.stringify([ball]).replace('"ball"', "'ball'")],
    })
    expect(requests).toHaveLength(1)
    expect(annotation).toMatchObject({
      objects: [{ label: 'ball' }],
      steps: { locate: { answer: 'salvaged' } },
    })
  })

  it('does not ask again after a blocked answer', async () => {
    const { annotation, requests } = await locate({ locate: [fails('blocked-safety')] })
    expect(requests).toHaveLength(1)
    expect(annotation).toMatchObject({ status: 'partial', error: { code: 'blocked-safety' } })
  })

  it('repeats an unreadable description with the same request', async () => {
    const script = scriptedModel({ describe: ['prose', DESCRIPTION] })
    const photo = upload(png)
    await annotate(photo, script)
    const requests = script.requests.filter(({ task }) => task === 'describe').map(({ request }) => request)
    expect(requests).toHaveLength(2)
    expect(requests[1]).toEqual(requests[0])
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', caption: DESCRIPTION.caption })
  })
})
