import { afterAll, beforeAll, expect, it } from 'vitest'
import { annotatePhoto } from '../support/annotate-photo.ts'
import { signIn, type User } from '../support/app.ts'
import { retryInfo } from '../support/failure-row.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'

/** How long the service asks to wait. */
const ASKED_SECONDS = 600

let user: User
beforeAll(async () => {
  user = await signIn()
  await gemini.reset()
})
afterAll(async () => {
  await gemini.reset()
  await user.close()
})

it('the relay redelivers the events of photos that failed, and other photos are not affected', async () => {
  // A size for each script. Nothing is scripted for the last one.
  const scenes = [0, 1, 2].map((more) => ({ ...OWN_SHAPES, width: OWN_SHAPES.width + more }))
  const [limited, broken, healthy] = await Promise.all(
    scenes.map(async (scene) => (await drawScene(scene)).png),
  )
  await annotatePhoto(user, 'first.png', healthy!, 'image/png') // Not measured: the start of the function.
  const fail = async (index: number, times: number, code: number, details: { [key: string]: string }[]) => {
    const { width, height } = scenes[index]!
    const reply = { status: code, body: { error: { code, message: '', details } } }
    await gemini.script({ match: { imageSize: { width, height } }, times, reply })
  }
  await fail(0, 2, 429, [retryInfo(`${ASKED_SECONDS}s`)])
  await fail(1, 5, 500, [])

  const began = performance.now()
  const photos = await Promise.all(
    [limited!, broken!, healthy!, healthy!, healthy!].map(async (png, index) =>
      annotatePhoto(user, `redelivery-${index}.png`, png, 'image/png'),
    ),
  )
  // The relay does not wait as long as the service asks for. The retries of the requests have random pauses.
  expect(performance.now() - began).toBeLessThan(ASKED_SECONDS * 1000)
  for (const { annotation, seen } of photos) {
    expect(annotation).toMatchObject({ status: 'succeeded', attempts: 1, crashes: 0 })
    expect(seen).not.toContain('deferred')
  }
})
