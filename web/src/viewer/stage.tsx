import type { Annotation, DetectObjectsResult, Firesight } from '@firesight/client'
import { useState } from 'preact/hooks'
import { usePicture } from '../parts/use-picture.ts'
import { usePictureUrl } from '../parts/use-picture-url.ts'
import { useSize } from '../parts/use-size.ts'
import { isOver } from '../photo/progress.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { Boxes } from './boxes.tsx'
import { LabelChips } from './label-chips.tsx'
import type { Layers } from './layer-toggles.tsx'
import type { Mark } from './marks.ts'
import { Overlay } from './overlay.tsx'

type Props = {
  firesight: Firesight
  annotation: Annotation | undefined
  local: LocalPhoto | undefined
  /** The size of the photo, if it is known before the document. */
  size?: { width: number; height: number } | undefined
  marks: readonly Mark[]
  overlay: Annotation['overlay'] | DetectObjectsResult['overlay']
  layers: Layers
  pointedAt: number | null
  pointAt: (index: number | null) => void
}

const IS_DELETED = 'This photo was deleted.'
const CANNOT_SHOW = 'This file cannot be displayed as an image.'
const CANNOT_SHOW_HEIF = 'Your browser cannot display HEIC photos.'

/**
 * The photo with the results drawn over it, or over an empty area of its size if the browser cannot show it.
 */
export function Stage(props: Props) {
  const { firesight, annotation, local, size, marks, overlay, layers, pointedAt, pointAt } = props
  const [natural, setNatural] = useState<{ width: number; height: number }>()
  const [frame, shown] = useSize()
  const picture = usePicture(firesight, local, annotation)
  const overlayUrl = usePictureUrl(overlay && keyOf(overlay), async () => firesight.overlayUrl({ overlay }))

  // Both are upright sizes: browsers report the size after EXIF rotation.
  const image = annotation?.image ?? natural ?? size

  const style = image && { '--width': `${image.width}px`, '--ratio': image.width / image.height }

  const isUndecoded = annotation?.image?.decoded === false
  const isHidden = image && (picture.url === null || (picture.url === undefined && isUndecoded))
  if (!picture.url && !isHidden) {
    const isUnreadable = picture.url === null || isOver(annotation)
    return (
      <div class="stage stage-empty" style={style}>
        {picture.isGone
          ? IS_DELETED
          : isUnreadable
            ? CANNOT_SHOW
            : (annotation || local) && 'Preparing the preview…'}
      </div>
    )
  }
  const alt = annotation?.altText || annotation?.caption || 'Your photo'
  return (
    <div ref={frame} class="stage" style={style}>
      {picture.url ? (
        <img
          class="stage-photo"
          draggable={false} // Browsers turn a dragged image into a file, which this page would upload.
          src={picture.url}
          alt={alt}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
            setNatural({ width: naturalWidth, height: naturalHeight })
          }
          onError={picture.onError}
        />
      ) : (
        <div class="stage-photo stage-hidden">
          <span class="hidden">{alt}</span>
          <p>{picture.isGone ? IS_DELETED : isUndecoded ? CANNOT_SHOW_HEIF : CANNOT_SHOW}</p>
        </div>
      )}
      {image && (natural || isHidden) && (
        <>
          {overlayUrl && layers.overlay && (
            <Overlay url={overlayUrl} image={image} box={marks.find(({ of }) => of === pointedAt)?.box} />
          )}
          {layers.boxes && <Boxes image={image} marks={marks} pointedAt={pointedAt} pointAt={pointAt} />}
          {layers.labels && shown && (
            <LabelChips image={image} shown={shown} marks={marks} pointedAt={pointedAt} />
          )}
        </>
      )}
    </div>
  )
}

/** Identifies the overlay: its path, or its data if it is inline. */
function keyOf({ path, png }: { path?: string | undefined; png?: string | undefined }): string | undefined {
  return path ?? png
}
