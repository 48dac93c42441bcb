import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { annotatePhoto } from '../support/annotate-photo.ts'
import { BUCKET, emulator, PROJECT, signIn, type User } from '../support/app.ts'
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

describe('the Storage triggers', () => {
  /** Delivers an event as Eventarc does, and waits for the handler. */
  async function deliver(trigger: string, object: Record<string, unknown>): Promise<number> {
    const { url } = emulator('FUNCTIONS_EMULATOR_HOST')
    const response = await fetch(`${url}/functions/projects/${PROJECT}/triggers/us-central1-${trigger}-0`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify({
        specversion: '1.0',
        id: randomUUID(),
        type: `google.cloud.storage.object.v1.${trigger === 'onImageUploaded' ? 'finalized' : 'deleted'}`,
        time: new Date().toISOString(),
        source: `//storage.googleapis.com/projects/_/buckets/${BUCKET}`,
        subject: `objects/${String(object.name)}`,
        data: { bucket: BUCKET, contentType: 'image/png', size: '1', ...object },
      }),
    })
    return response.status
  }

  it('ignore duplicated and late events, without a model request', async () => {
    const { path, annotation } = await annotatePhoto(user, 'twice.png', png, 'image/png')
    const { generation } = annotation
    await gemini.reset()
    expect(await deliver('onImageUploaded', { name: path, generation })).toBe(200)
    const older = String(BigInt(generation) - 1n)
    expect(await deliver('onImageUploaded', { name: path, generation: older })).toBe(200)
    // An overwrite sends this event for the generation that it replaced.
    expect(await deliver('onImageDeleted', { name: path, generation: older })).toBe(200)
    expect(await gemini.requests()).toEqual([])
    expect((await user.annotated(path)).annotation).toEqual(annotation)
  })

  it('ignore events of result files', async () => {
    const name = `users/${user.uid}/annotations/${imageIdOf(BUCKET, 'x')}/1/overlay.png`
    expect(await deliver('onImageUploaded', { name, generation: '1' })).toBe(200)
    expect(await gemini.requests()).toEqual([])
  })
})
