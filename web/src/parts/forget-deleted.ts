import { type Firesight, imageIdOf } from '@firesight/client'
import type { Kept } from './kept.ts'

/** The client, which also deletes what the page keeps about a photo that is deleted here or elsewhere. */
export function forgetDeleted(firesight: Firesight, kept: Kept, bucket: string | undefined): Firesight {
  return {
    ...firesight,
    remove: async (path) => {
      await firesight.remove(path)
      if (bucket !== undefined) kept.forget(await imageIdOf(bucket, path))
    },
    watch: (photo, onChange, onError) =>
      firesight.watch(
        photo,
        (document) => {
          if (document?.status === 'deleted' && typeof photo === 'string') kept.forget(photo)
          onChange(document)
        },
        onError,
      ),
  }
}
