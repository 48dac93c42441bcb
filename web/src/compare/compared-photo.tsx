import { addressOf } from '../app/route.ts'
import type { Connection } from '../firebase.ts'
import { CloseIcon } from '../parts/icons.tsx'
import { annotationOf, type Watched } from '../photo/use-annotation.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'
import type { Mark } from '../viewer/marks.ts'
import { Stage } from '../viewer/stage.tsx'
import { StaticPhoto } from './static-photo.tsx'
import { isComparable } from './use-own-photos.ts'

type Props = {
  connection: Connection
  imageIds: readonly string[]
  /** The position of this photo in the comparison, from 0. */
  index: number
  watched: Watched
  local: LocalPhoto | undefined
  marks: readonly Mark[]
  pointedAt: number | null
  pointAt: (index: number | null) => void
}

const LAYERS = { overlay: false, boxes: true, labels: true }
/** With more photos, each is shown as small as its thumbnail. */
const MAX_ZOOMABLE = 4

/** One of the compared photos with its number and the boxes of its differences. */
export function ComparedPhoto({ connection, imageIds, index, watched, local, marks, ...pointing }: Props) {
  const annotation = annotationOf(watched)
  const imageId = imageIds[index]!
  const number = index + 1
  const isMissing = watched.state === 'deleted' || (watched.state !== 'loading' && !annotation && !local)
  const photo = { firesight: connection.firesight, annotation, local, marks, ...pointing }
  return (
    <li>
      <figure aria-label={`Photo ${number}`}>
        {isMissing ? (
          <div class="stage stage-empty">This photo does not exist, or it was deleted.</div>
        ) : imageIds.length > MAX_ZOOMABLE ? (
          <StaticPhoto {...photo} />
        ) : (
          <Stage {...photo} overlay={undefined} layers={LAYERS} />
        )}
        <figcaption>
          <a href={addressOf(imageId)}>Photo {number}</a>
          {annotation && !isComparable(annotation) && <span class="call-failed">Not readable</span>}
          <a
            class="compared-remove"
            href={addressOf(...imageIds.filter((id) => id !== imageId))}
            aria-label={`Remove photo ${number} from the comparison`}
            title="Remove from the comparison"
          >
            <CloseIcon />
          </a>
        </figcaption>
      </figure>
    </li>
  )
}
