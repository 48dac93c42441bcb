import type { StoredPhoto } from '@firesight/client'
import { useId } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { Thumbnail } from './thumbnail.tsx'

type Props = {
  title: string
  connection: Connection
  photos: readonly StoredPhoto[] | undefined
  local: ReadonlyMap<string, LocalPhoto>
  openIds: readonly string[]
  /** The link target of a photo. */
  addressOf: (imageId: string) => string
  /** Deletes a photo. Without it, there are no delete buttons. */
  remove?: (imageId: string, name: string) => Promise<void>
}

/** A list of the user's photos as thumbnails. */
export function RecentStrip({ title, connection, photos, local, openIds, addressOf, remove }: Props) {
  const titleId = useId()
  if (!photos || photos.length === 0) return null
  return (
    <nav class="recent" aria-labelledby={titleId}>
      <h2 id={titleId}>{title}</h2>
      <ul class="strip">
        {photos.map((photo) => (
          <Thumbnail
            key={photo.imageId}
            photo={photo}
            firesight={connection.firesight}
            local={local.get(photo.imageId)}
            isOpen={openIds.includes(photo.imageId)}
            address={addressOf(photo.imageId)}
            remove={remove && (() => remove(photo.imageId, photo.annotation.name))}
          />
        ))}
      </ul>
    </nav>
  )
}
