import type { Annotation, Firesight } from '@firesight/client'
import { useState } from 'preact/hooks'
import { usePictureUrl } from './use-picture-url.ts'
import type { LocalPhoto } from './use-uploads.ts'

/** `url`: undefined while there may still be one, null when there is none that this browser can show. */
export type Picture = { url: string | null | undefined; onError: () => void }

/** What to show of a photo: the file as it was added, else the stored one, else the functions' copy. */
export function usePicture(
  firesight: Firesight,
  local: LocalPhoto | undefined,
  annotation: Annotation | undefined,
): Picture {
  // Names mislead: what calls itself a JPEG may be one of the formats that few browsers show.
  const [unreadable, setUnreadable] = useState<ReadonlySet<string>>(new Set())
  const localUrl = local?.url && !unreadable.has(local.url) ? local.url : undefined
  const stored = usePictureUrl(localUrl ? undefined : keyOf(annotation), async () =>
    annotation ? firesight.photoUrl(annotation) : null,
  )
  const url = localUrl ?? stored
  return {
    url: url && unreadable.has(url) ? null : url,
    onError: () => url && setUnreadable((before) => new Set(before).add(url)),
  }
}

/** All that decides which stored file is shown. */
function keyOf(annotation: Annotation | undefined): string | undefined {
  if (!annotation || annotation.status === 'deleted') return undefined
  return [annotation.name, annotation.image?.format, annotation.preview?.path].join()
}
