import type { AnnotationDocument, Upload } from '@firesight/client'
import { doc, getDoc } from 'firebase/firestore'
import { getDownloadURL, getStorage, ref } from 'firebase/storage'
import { cleanUp } from './clean-up.ts'
import { type Credentials, databaseOf, type Place, settingsOf, type Visitor, visit } from './connect.ts'
import { checkOperators } from './operators.ts'
import { drawPhotos, type SmokePhoto } from './photos.ts'
import { Results, shorten } from './results.ts'

export type SmokeOptions = {
  place: Place
  credentials: Credentials
  /** How long a photo may take. The first events after the first deployment can be late. */
  patienceMs: number
  /** The URL of a function by its name. */
  functionUrl: (name: string) => string
}

/** Uploads three photos, calls each function that clients can call, and deletes everything again. */
export async function smoke(options: SmokeOptions): Promise<Results> {
  const results = new Results()
  const { place, credentials } = options
  const visitor = await results.run('sign-in', async () => {
    const value = await visit(place, credentials)
    return {
      value,
      found: `${value.user.isAnonymous ? 'anonymous' : value.user.email} user ${value.user.uid}`,
    }
  })
  if (!visitor) return results
  const started: Upload[] = []
  try {
    const photos = await annotatePhotos(results, visitor, options, started)
    await callFunctions(results, visitor, photos)
    await checkPrivacy(results, photos[0], options)
    await checkOperators(results, visitor, options.functionUrl)
    await checkDeletion(results, visitor, photos.at(-1), options)
  } finally {
    await cleanUp(results, visitor, started)
    await visitor.close()
  }
  return results
}

/** @param started receives each upload, also of photos whose annotation fails */
async function annotatePhotos(
  results: Results,
  { firesight }: Visitor,
  { place, patienceMs }: SmokeOptions,
  started: Upload[],
): Promise<Upload[]> {
  const { segments } = settingsOf(place.values)
  const annotate = async ({ name, bytes, contentType }: SmokePhoto) =>
    results.run(`photo: ${name}`, async () => {
      const upload = await firesight.upload(bytes, { contentType, segments })
      started.push(upload)
      const annotated = waitFor(firesight, upload, isFinished, patienceMs)
      const [annotation] = await Promise.all([annotated, upload.done])
      return { value: upload, found: describeAnnotation(annotation) }
    })
  const uploads = await Promise.all((await drawPhotos()).map(annotate))
  return uploads.filter((upload) => upload !== undefined)
}

async function callFunctions(
  results: Results,
  { firesight }: Visitor,
  [first, second]: Upload[],
): Promise<void> {
  const names = ['answerQuestion', 'compareImages', 'detectObjects', 'describeImage', 'annotateImage']
  if (!first || !second) {
    for (const name of names) results.skip(name, 'two photos are needed')
    return
  }
  await results.run('answerQuestion', async () => {
    const answer = firesight.answerQuestion({ images: first, question: 'Which colour is the circle?' })
    let pieces = 0
    for await (const _ of answer) pieces++
    const { answer: text, usage } = await answer
    if (pieces === 0) throw new Error('the answer was not streamed')
    return { value: undefined, found: `${pieces} pieces, ${usage.totalTokens} tokens: ${shorten(text)}` }
  })
  await results.run('compareImages', async () => {
    const { summary, usage } = await firesight.compareImages({ images: [first, second] })
    return { value: undefined, found: `${usage.totalTokens} tokens: ${shorten(summary)}` }
  })
  await results.run('detectObjects', async () => {
    const { objects, usage } = await firesight.detectObjects({
      image: first,
      targets: ['circle'],
      masks: true,
    })
    return { value: undefined, found: `${objects.length} objects, ${usage.totalTokens} tokens` }
  })
  await results.run('describeImage', async () => {
    const { caption, usage } = await firesight.describeImage({ image: first })
    return { value: undefined, found: `${usage.totalTokens} tokens: ${shorten(caption)}` }
  })
  await results.run('annotateImage', async () => {
    const { status, ran } = await firesight.annotateImage({ path: first.path })
    return { value: undefined, found: `${status}, ${ran ? 'annotated again' : 'nothing to do'}` }
  })
}

/** The rules of the project must hide a photo from other users. */
async function checkPrivacy(
  results: Results,
  photo: Upload | undefined,
  { place, credentials }: SmokeOptions,
): Promise<void> {
  const name = 'rules: other users'
  if (!photo || credentials.account)
    return results.skip(name, photo ? 'needs a second user' : 'there is no photo')
  await results.run(name, async () => {
    const other = await visit(place, credentials)
    try {
      const document = doc(
        databaseOf(other.app, place.values),
        place.values.IMAGES_COLLECTION || 'images',
        photo.imageId,
      )
      const read = await Promise.allSettled([
        getDoc(document),
        getDownloadURL(ref(getStorage(other.app), photo.path)),
      ])
      const codes = read.map((outcome) =>
        outcome.status === 'rejected' ? String((outcome.reason as { code?: unknown }).code) : 'readable',
      )
      if (codes[0] !== 'permission-denied' || codes[1] !== 'storage/unauthorized')
        throw new Error(`another user can read the document (${codes[0]}) or the photo (${codes[1]})`)
      return { value: undefined, found: 'cannot read the document or the photo' }
    } finally {
      await other.user.delete()
      await other.close()
    }
  })
}

/** Deleting an upload must delete its results: the event of the deletion arrives. */
async function checkDeletion(
  results: Results,
  { firesight }: Visitor,
  photo: Upload | undefined,
  { patienceMs }: SmokeOptions,
): Promise<void> {
  const name = 'delete a photo'
  if (!photo) return results.skip(name, 'there is no photo')
  await results.run(name, async () => {
    const deleted = waitFor(firesight, photo, ({ status }) => status === 'deleted', patienceMs)
    await firesight.remove(photo.path)
    await deleted
    return { value: undefined, found: 'the document is a tombstone' }
  })
}

const UNFINISHED: readonly string[] = ['processing', 'deferred']
const isFinished = ({ status }: AnnotationDocument) => !UNFINISHED.includes(status)

/** Watches a photo until the condition holds. @throws Error after the time, with the last status */
async function waitFor(
  firesight: Visitor['firesight'],
  upload: Upload,
  condition: (document: AnnotationDocument) => boolean,
  patienceMs: number,
): Promise<AnnotationDocument> {
  let stop = () => {}
  let last = 'no document: the event of the upload has not arrived'
  let timer: NodeJS.Timeout | undefined
  const found = new Promise<AnnotationDocument>((resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`not finished after ${patienceMs / 1000} s: ${last}`)),
      patienceMs,
    )
    stop = firesight.watch(
      upload,
      (document) => {
        if (!document) return
        last = document.status
        if (condition(document)) resolve(document)
      },
      reject,
    )
  })
  return found.finally(() => {
    clearTimeout(timer)
    stop()
  })
}

/** @throws Error if the photo was not annotated completely */
function describeAnnotation(document: AnnotationDocument): string {
  if (document.status !== 'succeeded') {
    const reason = 'error' in document && document.error ? ` (${document.error.code})` : ''
    throw new Error(`the photo is ${document.status}${reason}`)
  }
  return `${document.objects?.length ?? 0} objects: ${shorten(document.caption ?? '')}`
}
