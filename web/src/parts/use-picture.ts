import type { Annotation, Firesight, FiresightError } from '@firesight/client'
import { useState } from 'preact/hooks'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { usePictureUrl } from './use-picture-url.ts'

/** `url`: undefined until it is known, null if there is no image that this browser can show. */
export type Picture = {
  url: string | null | undefined
  /** Whether the stored file no longer exists. */
  isGone: boolean
  onError: () => void
}

/**
 * The image of a photo: the added local file, or the stored file, or the JPEG copy of the functions. With
 * size `thumbnail`, the stored thumbnail is preferred to the other stored files.
 */
export function usePicture(
  firesight: Firesight,
  local: LocalPhoto | undefined,
  annotation: Annotation | undefined,
  size: 'full' | 'thumbnail' = 'full',
): Picture {
  // A file may have a wrong type, for example a HEIC named .jpg, and fail to load.
  const [unreadable, setUnreadable] = useState<ReadonlySet<string>>(new Set())
  const [gone, setGone] = useState<string>()
  const localUrl = local?.url && !unreadable.has(local.url) ? local.url : undefined
  const isSmall = size === 'thumbnail'
  const key = isSmall ? smallKeyOf(annotation, unreadable) : keyOf(annotation)
  // Local files are full-size photos: a grid of them needs much memory and time to decode.
  const hasThumbnail = isSmall && annotation?.thumbnail !== undefined
  const stored = usePictureUrl(localUrl && !hasThumbnail ? undefined : key, async () => {
    const small = isSmall && annotation ? await firesight.thumbnailUrl(annotation) : null
    if (small && !unreadable.has(small)) return small
    if (!annotation) return null
    return firesight.photoUrl(annotation).catch((error: FiresightError): never => {
      if (error.code === 'not-found') setGone(key)
      throw error
    })
  })
  const url = hasThumbnail ? (stored ?? localUrl) : (localUrl ?? stored)
  return {
    isGone: url === null && gone !== undefined && gone === key,
    url: url && unreadable.has(url) ? null : url,
    onError: () => url && setUnreadable((before) => new Set(before).add(url)),
  }
}

/** Contains every field that determines the stored file to show. */
function keyOf(annotation: Annotation | undefined): string | undefined {
  if (!annotation) return undefined
  return [annotation.name, annotation.image?.format, annotation.preview?.path].join()
}

/**
 * As `keyOf`, for the thumbnail. A thumbnail that cannot be loaded is replaced by the photo. While the photo
 * is processing, its thumbnail will follow, so the photo itself is not downloaded.
 */
function smallKeyOf(annotation: Annotation | undefined, unreadable: ReadonlySet<string>): string | undefined {
  const key = keyOf(annotation)
  if (key === undefined || !annotation) return undefined
  const { thumbnail, status } = annotation
  return !thumbnail && status === 'processing' ? undefined : [key, thumbnail?.path, unreadable.size].join()
}
