import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Firesight, FiresightError } from '@firesight/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { annotateAgain } from '../../docs/examples/annotate-again.ts'
import { ask } from '../../docs/examples/ask.ts'
import { conversation } from '../../docs/examples/ask-again.ts'
import { changes } from '../../docs/examples/compare.ts'
import { altText, classify } from '../../docs/examples/describe.ts'
import { find } from '../../docs/examples/detect.ts'
import { withRetries } from '../../docs/examples/errors.ts'
import { annotate } from '../../docs/examples/upload.ts'
import { emulator, PROJECT } from '../support/app.ts'
import { signInFiresight } from '../support/firesight-client.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'

let user: Awaited<ReturnType<typeof signInFiresight>>
let firesight: Firesight
let photo: Blob
let path: string
const progress: string[] = []
beforeAll(async () => {
  await gemini.reset()
  const { png } = await drawScene(OWN_SHAPES)
  photo = new Blob([new Uint8Array(png)], { type: 'image/png' })
  user = await signInFiresight()
  firesight = user.firesight
  path = (await annotate(firesight, photo, (words) => progress.push(words))).name
})
afterAll(async () => user.close())

describe('the example', () => {
  it('upload', () => {
    expect(progress).toContain('100 % uploaded')
    expect(progress.at(-1)).toMatch(/red circle/i)
  })
  it('ask', async () => {
    const shown: string[] = []
    const { answer } = await ask(firesight, path, 'How many shapes are there?', (text) => shown.push(text))
    expect(answer).toMatch(/\w/)
    expect(shown.join('')).toBe(answer)
  })
  it('ask-again', async () => {
    const talk = conversation(firesight, [path])
    expect(await talk('What is in the picture?')).toMatch(/\w/)
    expect(await talk('And which of them is the largest?')).toMatch(/\w/)
    const asked = (await gemini.requests()).at(-1)
    expect(asked?.texts?.join('\n')).toContain('What is in the picture?')
  })
  it('compare', async () => {
    expect(await changes(firesight, path, photo)).toBeInstanceOf(Array)
  })
  it('detect', async () => {
    const found = await find(firesight, photo, 'the red circle')
    expect(found[0]).toMatchObject({
      label: expect.any(String),
      maskUrl: expect.stringMatching(/^data:image\/(png|svg)/),
    })
  })
  it('describe', async () => {
    expect(await altText(firesight, path, 'en')).toMatch(/\w/)
    const labels = await classify(firesight, path, ['indoors', 'outdoors'])
    for (const label of labels) expect(['indoors', 'outdoors']).toContain(label)
  })
  it('annotate-again', async () => {
    expect(await annotateAgain(firesight, path)).toBe('there was nothing to do')
    expect(await annotateAgain(firesight, path, true)).toBe('succeeded')
  })
  it('errors', async () => {
    const messages: string[] = []
    const call = withRetries(
      async () => firesight.describeImage({ image: 'users/another/uploads/a.png' }),
      (words) => messages.push(words),
    )
    expect(await call.catch((error: FiresightError) => error.code)).toBe('path-not-allowed')
    expect(messages).toEqual(['The path is not one of your own uploads.'])
  })
})

describe('the curl call', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/api.md'), 'utf8')
  const calls = [...page.matchAll(/```sh\n(curl[\s\S]*?)```/g)].map(([, call]) => call!)
  const nameOf = (call: string) => /\$FUNCTIONS\/(\w+)/.exec(call)?.[1] ?? ''

  it('is there for each function', () => {
    const names = [
      'answerQuestion',
      'compareImages',
      'detectObjects',
      'describeImage',
      'annotateImage',
      'deleteMyData',
    ]
    expect([...new Set(calls.map(nameOf))].toSorted()).toEqual(names.toSorted())
  })

  it.each(calls.map((call) => [nameOf(call), call]))('of %s works', async (_, call) => {
    const { url } = emulator('FUNCTIONS_EMULATOR_HOST')
    const env = {
      ...process.env,
      FUNCTIONS: `${url}/${PROJECT}/us-central1`,
      ID_TOKEN: await user.token(),
      PHOTO: path,
      OTHER_PHOTO: path,
    }
    const answer = execFileSync('bash', ['-euc', call], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    // A plain call returns JSON; a streamed call returns events, and the last event is the result.
    const last = answer.startsWith('data: ')
      ? answer.trim().split('\n\n').at(-1)!.slice('data: '.length)
      : answer
    expect(JSON.parse(last)).toMatchObject({ result: expect.any(Object) })
  })
})
