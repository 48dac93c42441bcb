import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { annotatePhoto } from '../support/annotate-photo.ts'
import { signIn, type User } from '../support/app.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'

let user: User
let png: Buffer

beforeAll(async () => {
  ;({ png } = await drawScene(OWN_SHAPES))
  user = await signIn()
})
afterAll(async () => user.close())
beforeEach(async () => gemini.reset())

describe('onImageUploaded()', () => {
  it('stores objects without masks, and the reason, when the model returns mask tokens', async () => {
    const text = JSON.stringify([
      { box_2d: [100, 100, 300, 300], label: 'cup', mask: '<start_of_mask><seg_4><seg_20>' },
    ])
    await gemini.script({ match: { textIncludes: 'segmentation masks' }, reply: { text } })
    const { annotation } = await annotatePhoto(user, 'tokens.png', png, 'image/png')
    expect(annotation).toMatchObject({
      status: 'succeeded',
      objects: [{ label: 'cup', mask: null }],
      dropped: { objects: 0, reasons: { 'mask-tokens': 1 } },
    })
  })

  it('requests boxes without masks after MAX_TOKENS, and keeps the objects of the first answer', async () => {
    const text =
      '[{"box_2d":[100,100,300,300],"label":"cup","mask":[[100,100],[300,100],[300,300]]},{"box_2d":[4'
    await gemini.script({
      match: { textIncludes: 'segmentation masks' },
      reply: { text, finishReason: 'MAX_TOKENS' },
    })
    const { annotation } = await annotatePhoto(user, 'cut.png', png, 'image/png')
    expect(annotation).toMatchObject({ status: 'succeeded', steps: { locate: { answer: 'salvaged' } } })
    const [cup, ...others] = annotation.objects!
    expect(cup).toMatchObject({ label: 'cup', mask: { form: 'polygon' } })
    // The second request asks for boxes only; the local model answers from the picture.
    expect(others.length).toBeGreaterThan(0)
    for (const { maskReason } of others) expect(maskReason).toBe('mask-not-asked')
    const asked = (await gemini.requests()).map(({ texts }) => texts?.join(' ') ?? '')
    expect(asked.filter((words) => words.includes('bounding box'))).toHaveLength(2)
  })

  it('ends a photo as partial when the model blocks one of two answers', async () => {
    await gemini.script({
      match: { textIncludes: 'segmentation masks' },
      reply: { text: 'x', finishReason: 'PROHIBITED_CONTENT' },
    })
    const { annotation } = await annotatePhoto(user, 'blocked.png', png, 'image/png')
    expect(annotation).toMatchObject({ status: 'partial', error: { code: 'blocked-prohibited-content' } })
    expect(annotation.caption).toBeTruthy()
    expect(annotation).not.toHaveProperty('objects')
  })

  it('retries after transient failures of the model', async () => {
    await gemini.script({ times: 1, reply: { fault: 'reset' } })
    await gemini.script({
      times: 1,
      reply: { status: 503, body: { error: { code: 503, status: 'UNAVAILABLE', message: '' } } },
    })
    const { annotation } = await annotatePhoto(user, 'retried.png', png, 'image/png')
    expect(annotation.status).toBe('succeeded')
  })
})
