import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Everything, startEverything } from '../../tools/everything.ts'
import { FiresightPage } from '../browser/firesight-page.ts'
import { emulator } from '../support/app.ts'
import { launchBrowser } from '../support/browser.ts'
import { clientEmulators } from '../support/firesight-client.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { PackedClient } from '../support/packed-client.ts'
import { drawScene } from '../support/scene.ts'

const root = join(import.meta.dirname, '../..')

/** Settings of the functions that the apps must know. */
const SETTINGS = {
  FUNCTIONS_REGION: 'europe-west1',
  UPLOAD_PATH: 'photos/{uid}/{album}/{fileName}',
  IMAGES_COLLECTION: 'pictures',
  FIRESTORE_DATABASE: 'photos',
}

/** The rules of the project for these settings. */
const RULES = {
  'storage.rules': rulesOf('storage').replaceAll('/users/{uid}/uploads', '/photos/{uid}/{album}'),
  'firestore.rules': rulesOf('firestore').replace('/images/{imageId}', '/pictures/{imageId}'),
}

function rulesOf(service: string): string {
  return readFileSync(join(root, `${service}.rules`), 'utf8')
}

/**
 * The functions emulator accepts every token that has the form of a JSON Web Token, without a check of its
 * signature. These tests therefore show only that the apps send a token with each call.
 */
const APP_CHECK_TOKEN = [{ alg: 'none', typ: 'JWT' }, { sub: '1:0:web:0', exp: 4_102_444_800 }, {}]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.')

let everything: Everything
let png: Buffer
beforeAll(async () => {
  const log: string[] = []
  const { signal } = new AbortController()
  ;({ png } = await drawScene(OWN_SHAPES))
  everything = await startEverything({
    parameters: { ...SETTINGS, ENFORCE_APP_CHECK: 'true' },
    replaced: RULES,
    pageSettings: { APP_CHECK_SITE_KEY: 'site-key' },
    log: (line) => log.push(line),
    onLine: (line) => log.push(line),
    interruption: { stop: signal, force: signal, exitCode: () => 1 },
  })
  Object.assign(process.env, everything.environment)
})
afterAll(async () => everything?.[Symbol.asyncDispose]())

describe('the packed client with functions in europe-west1 that enforce App Check', () => {
  let packed: PackedClient
  beforeAll(async () => {
    packed = await PackedClient.install()
  })
  afterAll(() => packed?.remove())

  it.each([12, 13] as const)('uploads, watches and asks with Firebase %i', async (major) => {
    const code = readFileSync(join(import.meta.dirname, 'client-flow.ts'), 'utf8')
    const node = { typeRoots: [join(root, 'node_modules/@types')], types: ['node'], skipLibCheck: true }
    expect(packed.compile(major, code, { module: 'nodenext', ...node })).toBe('')
    const photo = join(packed.folder, `${randomUUID()}.png`)
    writeFileSync(photo, png)
    const output = await packed.run(major, code, {
      photo,
      auth: emulator('FIREBASE_AUTH_EMULATOR_HOST').url,
      appCheckToken: APP_CHECK_TOKEN,
      segments: { album: 'summer' },
      options: {
        region: SETTINGS.FUNCTIONS_REGION,
        uploadPath: SETTINGS.UPLOAD_PATH,
        collection: SETTINGS.IMAGES_COLLECTION,
        database: SETTINGS.FIRESTORE_DATABASE,
        emulators: clientEmulators(),
      },
    })
    expect(JSON.parse(output)).toEqual({
      version: expect.stringMatching(new RegExp(`^${major}\\.`)),
      refused: 'app-check-failed',
      path: expect.stringMatching(/^photos\/<uid>\/summer\/[\w-]{36}\.png$/),
      status: 'succeeded',
      objects: OWN_SHAPES.shapes.length,
      overlay: 'image/png',
      isNewest: true,
      isWholeAnswer: true,
    })
  })
})

describe('the page with functions in europe-west1 that enforce App Check', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(async () => browser?.close())

  it('annotates a photo and answers a question with the token of reCAPTCHA Enterprise', async () => {
    const tokens: (string | undefined)[] = []
    const visit = await FiresightPage.open(browser, async (context) => {
      await answerForGoogle(context)
      await context.route(/\/europe-west1\/answerQuestion$/, async (route, request) => {
        if (request.method() === 'POST') tokens.push((await request.allHeaders())['x-firebase-appcheck'])
        await route.continue()
      })
    })
    await visit.annotate(png)
    await visit.show(visit.imageId)
    expect(await visit.photo.getAttribute('src')).toMatch(/photos%2F\w+%2Fweb%2F/)
    await visit.page.getByRole('textbox', { name: 'Your question' }).fill('What is in this picture?')
    await visit.page.getByRole('button', { name: 'Ask', exact: true }).click()
    await visit.page.locator('.answer-done').waitFor()
    expect(tokens).toEqual([APP_CHECK_TOKEN])
    await visit.expectProblem(/request to (www\.google\.com|content-firebaseappcheck\.googleapis\.com)/)
    await visit.close()
  })
})

/** Answers the two requests of the reCAPTCHA Enterprise provider that would leave this machine. */
async function answerForGoogle(context: BrowserContext): Promise<void> {
  const recaptcha = `globalThis.grecaptcha = { enterprise: {
    ready: (callback) => callback(),
    render: (_, { callback }) => (callback(), 0),
    execute: async () => 'answer of reCAPTCHA',
  } }`
  await context.route('https://www.google.com/recaptcha/**', async (route) =>
    route.fulfill({ contentType: 'text/javascript', body: recaptcha }),
  )
  await context.route('https://content-firebaseappcheck.googleapis.com/**', async (route) =>
    route.fulfill({
      headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' },
      json: { token: APP_CHECK_TOKEN, ttl: '3600s' },
    }),
  )
}
