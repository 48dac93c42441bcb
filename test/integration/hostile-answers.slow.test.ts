import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answerFamilies } from '../hostile/answers/answers.ts'
import { firestoreComplaints } from '../hostile/document-check.ts'
import { flatJpeg } from '../hostile/pictures/flat-jpeg.ts'
import { textComplaints } from '../hostile/result-check.ts'
import { resultNames } from '../support/admin.ts'
import { annotatePhoto } from '../support/annotate-photo.ts'
import { emulator, PROJECT, signIn, type User } from '../support/app.ts'
import { documentBytes } from '../support/document-bytes.ts'
import { gemini } from '../support/gemini-control.ts'
import { DESCRIPTION, OBJECTS } from '../support/vision.ts'

/* Some answers of test/hostile, here with the emulators of Firestore and Storage instead of memory stores. */

let user: User
beforeAll(async () => {
  user = await signIn()
})
afterAll(async () => user.close())
beforeEach(async () => gemini.reset())

const imageSize = { width: 640, height: 480 }
const photo = flatJpeg(imageSize)

const CHOSEN = [
  'a mask with 900 MB of extra pixels',
  'a label of half a character',
  'a label that leads elsewhere',
  'a label of JavaScript',
  'a caption of a megabyte',
  'labels of names',
  'a text of 4 MB',
  'ten thousand boxes',
  'lists, 100,000 deep',
  'a document as full as can be',
  'a model name of two megabytes',
]
const cases = Object.values(answerFamilies)
  .flat()
  .filter(({ name }) => CHOSEN.includes(name))

describe('onImageUploaded(), with a hostile answer', () => {
  it('includes all chosen answers', () => {
    expect(cases.map(({ name }) => name).toSorted()).toEqual(CHOSEN.toSorted())
  })

  it.each(cases.map((answerCase, index) => [answerCase.name, answerCase, index] as const))(
    'stores a valid document and valid file names after %s',
    async (_, { answer, expected }, index) => {
      await gemini.script({ match: { imageSize, textIncludes: 'You describe' }, reply: answer.describe })
      await gemini.script({ match: { imageSize, textIncludes: 'You find' }, reply: answer.locate })

      const { path, annotation } = await annotatePhoto(user, `hostile-${index}.jpg`, photo)

      expect([annotation.status, annotation.error?.code]).toEqual([expected.status, expected.code])
      expect(textComplaints(annotation)).toEqual([])
      for (const name of await resultNames(user.uid, path)) {
        expect(name).toMatch(
          /\/(thumbnail\.jpg|overlay\.png|answer\.json|answers\/[\w-]+\.json|masks\/\d{1,3}\.png)$/,
        )
      }
    },
  )
})

describe('firestoreComplaints()', () => {
  /** Whether Firestore accepts a document in the form of its REST API. */
  async function isAccepted(fields: object): Promise<boolean> {
    const { url } = emulator('FIRESTORE_EMULATOR_HOST')
    const document = `${url}/v1/projects/${PROJECT}/databases/(default)/documents/hostile/a`
    const response = await fetch(document, {
      method: 'PATCH',
      headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
      body: JSON.stringify({ fields }),
    })
    return response.ok
  }

  it.each([
    ['a kilobyte under its limit', -1024, true],
    ['a kilobyte over it', 1024, false],
  ])('agrees with Firestore about a document of %s', async (_, more, accepted) => {
    // Two strings, because one alone cannot fill a document.
    const half = 'x'.repeat(Math.round((1_048_576 - documentBytes({ a: '', b: '' }, 'hostile/a') + more) / 2))
    expect(firestoreComplaints({ a: half, b: half }, 'hostile/a')).toHaveLength(accepted ? 0 : 1)
    expect(await isAccepted({ a: { stringValue: half }, b: { stringValue: half } })).toBe(accepted)
  })

  it('agrees with Firestore about nested lists and reserved names', async () => {
    const list = { arrayValue: { values: [{ arrayValue: { values: [{ integerValue: '1' }] } }] } }
    expect(await isAccepted({ list })).toBe(false)
    expect(firestoreComplaints({ list: [[1]] }, 'hostile/a')).toHaveLength(1)
    expect(await isAccepted({ __name: { integerValue: '1' } })).toBe(true)
    expect(await isAccepted({ __name__: { integerValue: '1' } })).toBe(false)
    expect(firestoreComplaints({ __name__: 1 }, 'hostile/a')).toHaveLength(1)
  })

  it('finds an ordinary annotation small', async () => {
    await gemini.script({
      match: { imageSize, textIncludes: 'You describe' },
      reply: { text: JSON.stringify(DESCRIPTION) },
    })
    await gemini.script({
      match: { imageSize, textIncludes: 'You find' },
      reply: { text: JSON.stringify(OBJECTS) },
    })
    const { annotation } = await annotatePhoto(user, 'ordinary.jpg', photo)
    const plain = JSON.parse(JSON.stringify(annotation)) as Record<string, unknown>
    expect(firestoreComplaints(plain, 'images/a')).toEqual([])
    expect(documentBytes(plain, 'images/a')).toBeLessThan(5000)
  })
})
