import type { Annotation, Firesight } from '@firesight/client'
import { usePicture } from '../parts/use-picture.ts'
import { useSize } from '../parts/use-size.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { Boxes } from '../viewer/boxes.tsx'
import { objectAt } from '../viewer/hit-test.ts'
import { LabelChips } from '../viewer/label-chips.tsx'
import type { Mark } from '../viewer/marks.ts'
import { photoPoint, WHOLE } from '../viewer/zoom.ts'

type Props = {
  firesight: Firesight
  annotation: Annotation | undefined
  local: LocalPhoto | undefined
  marks: readonly Mark[]
  pointedAt: number | null
  pointAt: (index: number | null) => void
}

const WHOLE_FRAME = { inset: 0, width: '100%', height: '100%' }

/** The thumbnail of a photo with boxes, without zoom: for a grid of many photos, in which the wheel scrolls. */
export function StaticPhoto({ firesight, annotation, local, marks, pointedAt, pointAt }: Props) {
  const [attach, shown] = useSize()
  const { url, onError } = usePicture(firesight, local, annotation, 'thumbnail')
  const image = annotation?.image
  const point = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    if (!image) return
    const frame = event.currentTarget.getBoundingClientRect()
    const place = {
      x: (event.clientX - frame.x) / frame.width,
      y: (event.clientY - frame.y) / frame.height,
    }
    pointAt(objectAt(photoPoint(place, WHOLE, image), marks, undefined, () => false))
  }
  return (
    <div
      ref={attach}
      class="stage"
      style={image && { '--width': `${image.width}px`, '--ratio': image.width / image.height }}
      onPointerMove={point}
      onPointerLeave={() => pointAt(null)}
    >
      {url && (
        <img
          class="stage-photo"
          src={url}
          alt={annotation?.altText || annotation?.caption || 'Your photo'}
          draggable={false}
          loading="lazy"
          decoding="async"
          onError={onError}
        />
      )}
      {image && shown && (
        <>
          <Boxes image={image} marks={marks} pointedAt={pointedAt} style={WHOLE_FRAME} />
          <LabelChips image={image} shown={shown} view={WHOLE} marks={marks} pointedAt={pointedAt} />
        </>
      )}
    </div>
  )
}
