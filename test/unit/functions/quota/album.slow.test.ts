import { expect, it } from 'vitest'
import { forEachConcurrently } from '../../../../functions/src/concurrency.ts'
import { readConfig } from '../../../../functions/src/config/read-config.ts'
import { imageIdOf } from '../../../../functions/src/document/storage-paths.ts'
import { annotateImage } from '../../../../functions/src/pipeline/annotate-image.ts'
import { abuseWorld } from '../../../abuse/world.ts'
import { drawScene, FOUR_SHAPES } from '../../../support/scene.ts'
import { scriptedModel } from '../../../support/vision.ts'

/** MAX_INSTANCES times the concurrency of an instance. */
const WORKERS = 80

it.each([
  ['verified', 100],
  ['restricted', 12],
] as const)(
  'no photo of an album is deferred at the default limits: %s user, %i photos',
  { timeout: 120_000 },
  async (accountClass, count) => {
    const { png } = await drawScene(FOUR_SHAPES)
    const { services, photos, annotations } = abuseWorld()
    const account = { class: accountClass, disabled: false, isOperator: false, tokensValidAfter: new Date(0) }
    services.accounts = { find: async () => account }
    services.model = scriptedModel().model
    const album = Array.from({ length: count }, (_, number) => {
      const name = `users/alice/uploads/${number}.png`
      photos.files.set(name, { bytes: png, contentType: 'image/png', generation: '1' })
      const imageId = imageIdOf('bucket', name)
      const about = { bucket: 'bucket', contentType: 'image/png', sizeBytes: png.length }
      return { imageId, owner: 'alice', name, generation: '1', ...about }
    })
    await forEachConcurrently(album, WORKERS, async (photo) => annotateImage(photo, services, readConfig()))
    const ends = album.map(({ imageId }) => annotations.documents.get(imageId)!.status)
    expect(new Set(ends)).toEqual(new Set(['succeeded']))
  },
)
