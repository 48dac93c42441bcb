import { useMemo } from 'preact/hooks'
import type { PhotoList } from './use-photo-list.ts'

/** The list without its hidden photos. The photos are the same array until one of them changes. */
export function useVisible(list: PhotoList, hidden: ReadonlySet<string>): PhotoList {
  const { photos } = list
  const visible = useMemo(() => photos?.filter(({ imageId }) => !hidden.has(imageId)), [photos, hidden])
  return { ...list, photos: visible }
}
