import type { Annotation, DetectObjectsResult, Firesight } from '@firesight/client'
import { useState } from 'preact/hooks'
import { usePicture } from '../parts/use-picture.ts'
import { usePictureUrl } from '../parts/use-picture-url.ts'
import { isOver } from '../photo/progress.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'
import type { Layers } from './layer-tools.tsx'
import type { Mark } from './marks.ts'
import type { MaskedObject } from './use-exact-mask.ts'
import { Viewer } from './viewer.tsx'

type Props = {
  firesight: Firesight
  annotation: Annotation | undefined
  local: LocalPhoto | undefined
  /** The size of the photo, if it is known before the document. */
  size?: { width: number; height: number } | undefined
  marks: readonly Mark[]
  /** The objects of the marks, for their masks. Without it, a highlighted object does not dim the rest. */
  objects?: readonly MaskedObject[]
  overlay: Annotation['overlay'] | DetectObjectsResult['overlay']
  layers: Layers
  /** The opacity of the masks, 0 to 1. */
  opacity?: number
  pointedAt: number | null
  pointAt: (index: number | null) => void
  /** Selects the object at a click or tap, or none. Without it, the object is pointed at. */
  select?: (index: number | null) => void
}

const IS_DELETED = 'This photo was deleted.'
const CANNOT_SHOW = 'This file cannot be displayed as an image.'
const CANNOT_SHOW_HEIF = 'Your browser cannot display HEIC photos.'

/**
 * The photo with the results drawn over it, or over an empty area of its size if the browser cannot show it.
 */
export function Stage({ annotation, local, size, overlay, ...viewing }: Props) {
  const { firesight } = viewing
  const [natural, setNatural] = useState<{ width: number; height: number }>()
  const picture = usePicture(firesight, local, annotation)
  const overlayUrl = usePictureUrl(overlay && keyOf(overlay), async () => firesight.overlayUrl({ overlay }))

  // All are upright sizes: browsers report the size after EXIF rotation.
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
  const photo = picture.url ? (
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
  )
  return (
    <div class="stage" style={style}>
      <Viewer
        {...viewing}
        image={image}
        isShown={natural !== undefined || Boolean(isHidden)}
        photo={photo}
        overlayUrl={overlayUrl}
      />
    </div>
  )
}

/** Identifies the overlay: its path, or its data if it is inline. */
function keyOf({ path, png }: { path?: string | undefined; png?: string | undefined }): string | undefined {
  return path ?? png
}
