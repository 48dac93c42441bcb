import type { StoredPhoto } from '@firesight/client'
import type { Connection } from '../firebase.ts'
import type { LocalPhoto } from '../hooks/use-uploads.ts'
import { Thumbnail } from './thumbnail.tsx'

type Props = {
  connection: Connection
  photos: StoredPhoto[] | undefined
  local: ReadonlyMap<string, LocalPhoto>
  openId: string | null
  remove: (imageId: string, name: string) => Promise<void>
}

/** The user's latest photos. */
export function RecentStrip({ connection, photos, local, openId, remove }: Props) {
  if (!photos || photos.length === 0) return null
  return (
    <nav class="recent" aria-labelledby="recent-title">
      <h2 id="recent-title">Your photos</h2>
      <ul class="strip">
        {photos.map((photo) => (
          <Thumbnail
            key={photo.imageId}
            photo={photo}
            firesight={connection.firesight}
            local={local.get(photo.imageId)}
            isOpen={photo.imageId === openId}
            remove={() => remove(photo.imageId, photo.annotation.name)}
          />
        ))}
      </ul>
    </nav>
  )
}
