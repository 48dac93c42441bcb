import type { Annotation, Firesight } from '@firesight/client'
import { useState } from 'preact/hooks'
import { usePicture } from '../hooks/use-picture.ts'
import { usePictureUrl } from '../hooks/use-picture-url.ts'
import { useSize } from '../hooks/use-size.ts'
import type { LocalPhoto } from '../hooks/use-uploads.ts'
import { coloursOf } from '../photos/colours.ts'
import { isOver } from '../words/progress.ts'
import { Boxes } from './boxes.tsx'
import { LabelChips } from './label-chips.tsx'
import type { Layers } from './layer-toggles.tsx'
import { Overlay } from './overlay.tsx'

type Props = {
  firesight: Firesight
  annotation: Annotation | undefined
  local: LocalPhoto | undefined
  layers: Layers
  pointedAt: number | null
  pointAt: (index: number | null) => void
}

const NOTHING_TO_SHOW = 'This file cannot be shown as a picture.'

/** The photo with everything that was found laid over it. */
export function Stage({ firesight, annotation, local, layers, pointedAt, pointAt }: Props) {
  const [natural, setNatural] = useState<{ width: number; height: number }>()
  const [frame, shown] = useSize()
  const picture = usePicture(firesight, local, annotation)
  const overlay = usePictureUrl(annotation?.overlay?.path, async () =>
    annotation ? firesight.overlayUrl(annotation) : null,
  )

  // Browsers give the upright size, as the document does.
  const image = annotation?.image ?? natural
  const objects = annotation?.objects ?? []
  const colours = coloursOf(objects)

  if (picture.url === null) {
    return <div class="stage stage-empty">{NOTHING_TO_SHOW}</div>
  }
  if (picture.url === undefined) {
    return (
      <div class="stage stage-empty">
        {isOver(annotation) ? NOTHING_TO_SHOW : (annotation || local) && 'The picture is being prepared …'}
      </div>
    )
  }
  return (
    <div
      ref={frame}
      class="stage"
      style={image && { '--width': `${image.width}px`, '--ratio': image.width / image.height }}
    >
      <img
        class="stage-photo"
        draggable={false} // Browsers offer a dragged picture as a file, which this page would take.
        src={picture.url}
        alt={annotation?.altText || annotation?.caption || 'Your photo'}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
          setNatural({ width: naturalWidth, height: naturalHeight })
        }
        onError={picture.onError}
      />
      {image && natural && (
        <>
          {overlay && layers.overlay && (
            <Overlay
              url={overlay}
              image={image}
              object={pointedAt === null ? undefined : objects[pointedAt]}
            />
          )}
          {layers.boxes && (
            <Boxes
              image={image}
              objects={objects}
              colours={colours}
              pointedAt={pointedAt}
              pointAt={pointAt}
            />
          )}
          {layers.labels && shown && (
            <LabelChips
              image={image}
              shown={shown}
              objects={objects}
              colours={colours}
              pointedAt={pointedAt}
            />
          )}
        </>
      )}
    </div>
  )
}
