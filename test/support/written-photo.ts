import type { Page } from 'playwright-core'
import sharp from 'sharp'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { drawMask, drawOverlay } from '../../functions/src/masks/draw.ts'
import { assignColours } from '../../functions/src/masks/palette.ts'
import { runsFromMap } from '../../functions/src/masks/runs-from-map.ts'
import { uploadAsAdmin, writeAnnotations } from './admin.ts'
import { BUCKET } from './app.ts'
import { drawScene, FOUR_SHAPES } from './scene.ts'

/* Annotated photos that tests write, without functions: quickly, and in states that are rare. */

/** The user of a page, from the storage of Firebase Auth. */
export async function userOf(page: Page): Promise<{ uid: string; idToken: string }> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('firebaseLocalStorageDb')
      request.addEventListener('success', () => resolve(request.result))
      request.addEventListener('error', () => reject(new Error('Cannot open the storage of Firebase Auth')))
    })
    const request = database.transaction('firebaseLocalStorage').objectStore('firebaseLocalStorage').getAll()
    await new Promise((resolve) => request.addEventListener('success', resolve))
    const users = request.result as { value: { uid: string; stsTokenManager: { accessToken: string } } }[]
    const { uid, stsTokenManager } = users[0]!.value
    return { uid, idToken: stsTokenManager.accessToken }
  })
}

/**
 * Writes the files of an annotated photo of four shapes. The photo is not in the folder of uploads, so that
 * no function runs.
 * @returns the document, which is not written
 */
export async function writeFiles(uid: string): Promise<Annotation> {
  const { png, truths } = await drawScene(FOUR_SHAPES)
  const { width, height } = FOUR_SHAPES
  const folder = `users/${uid}/annotations/written/1`
  const masks = truths.map(({ box, mask }) => {
    const values = new Uint8Array(box.width * box.height)
    for (let y = 0; y < box.height; y++)
      for (let x = 0; x < box.width; x++)
        values[y * box.width + x] = mask[(box.y + y) * width + box.x + x]! * 255
    return runsFromMap({ width: box.width, height: box.height, values }, box)
  })
  const labels = truths.map(({ label }) => label)
  const objects = masks.map(({ box, areaPixels }, index) => ({
    label: labels[index]!,
    box,
    box2d: [box.y / height, box.x / width, (box.y + box.height) / height, (box.x + box.width) / width].map(
      (part) => Math.round(part * 1000),
    ),
    mask: { form: 'polygon' as const, path: `${folder}/masks/${index}.png`, areaPixels },
  }))
  const thumbnail = await sharp(png).resize(320).jpeg().toBuffer({ resolveWithObject: true })
  const files: [name: string, bytes: Uint8Array, type: string][] = [
    ['photo.png', png, 'image/png'],
    ['overlay.png', await drawOverlay(masks, assignColours(labels), { width, height }), 'image/png'],
    ['thumbnail.jpg', thumbnail.data, 'image/jpeg'],
  ]
  for (const [index, mask] of masks.entries())
    files.push([`masks/${index}.png`, await drawMask(mask), 'image/png'])
  await Promise.all(files.map(async ([name, bytes, type]) => uploadAsAdmin(`${folder}/${name}`, bytes, type)))

  const model = {
    provider: 'gemini-api',
    requested: 'gemini-3.8-flash',
    version: 'gemini-3.8-flash',
  } as const
  const usage = { promptTokens: 700, outputTokens: 300, thoughtTokens: 30, totalTokens: 1030, calls: 1 }
  const done = { state: 'succeeded', model, usage, promptVersion: 'describe-2' } as const
  const createdAt = new Date('2026-11-30T10:00:00Z')
  const completedAt = new Date('2026-11-30T10:00:03Z')
  return {
    schemaVersion: 2,
    owner: uid,
    bucket: BUCKET,
    name: `${folder}/photo.png`,
    generation: '1',
    contentType: 'image/png',
    sizeBytes: png.length,
    status: 'succeeded',
    image: {
      width,
      height,
      format: 'png',
      orientation: 1,
      decoded: true,
      sharpness: 9,
      blurred: false,
      sha256: '',
    },
    caption: 'A blue rectangle, a red circle, an orange square and a green triangle on white.',
    altText: 'Four shapes on white',
    labels: ['blue rectangle', 'red circle', 'shapes'],
    text: '',
    objects,
    overlay: { path: `${folder}/overlay.png`, contentType: 'image/png', width, height },
    thumbnail: {
      path: `${folder}/thumbnail.jpg`,
      width: thumbnail.info.width,
      height: thumbnail.info.height,
    },
    model: { ...model, promptVersion: 'describe-2' },
    usage: { ...usage, totalTokens: 2060, calls: 2 },
    steps: { describe: done, locate: done, draw: { state: 'succeeded' } },
    lease: null,
    attempts: 1,
    crashes: 0,
    createdAt,
    updatedAt: completedAt,
    completedAt,
    timingsMs: { load: 20, prepare: 40, describe: 2000, locate: 2500, draw: 30, store: 60, total: 3000 },
  }
}

/** Undefined removes a field. */
export type Changes = { [Key in keyof Annotation]?: Annotation[Key] | undefined }

/** Writes the document of a photo with changes. @returns its id, which depends on `key` */
export async function writePhoto(
  annotation: Annotation,
  key: string,
  changes: Changes = {},
): Promise<string> {
  const imageId = imageIdOf(BUCKET, `${annotation.owner}/${key}`)
  await writeAnnotations([{ imageId, annotation: { ...annotation, ...changes } }])
  return imageId
}
