import type { Firesight, StoredPhoto } from '@firesight/client'

/** Reads all photos of the user, or all with a label, page by page. */
export async function* allPhotos(firesight: Firesight, label?: string): AsyncGenerator<StoredPhoto> {
  const limit = 50
  let after: StoredPhoto | undefined
  for (;;) {
    const page = await firesight.listPhotos({ limit, label, after })
    yield* page
    if (page.length < limit) return
    after = page.at(-1)
  }
}
