import type { StoredPhoto } from '@firesight/client'
import { addressOf } from '../app/route.ts'
import type { Connection } from '../firebase.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { RecentStrip } from './recent-strip.tsx'

type Props = {
  connection: Connection
  /** The user's newest photos; undefined until they are loaded. */
  photos: readonly StoredPhoto[] | undefined
  local: ReadonlyMap<string, LocalPhoto>
  remove: (imageId: string, name: string) => Promise<void>
}

/** The user's photos on the home page. */
export function Gallery(props: Props) {
  return <RecentStrip {...props} title="Your photos" openIds={[]} addressOf={addressOf} />
}
