import type { Firesight } from '@firesight/client'
import type { ComponentChildren } from 'preact'
import { useCallback, useRef } from 'preact/hooks'
import { useSize } from '../parts/use-size.ts'
import { Boxes } from './boxes.tsx'
import { objectAt } from './hit-test.ts'
import { LabelChips } from './label-chips.tsx'
import type { Layers } from './layer-tools.tsx'
import type { Mark } from './marks.ts'
import { MaskCanvas } from './mask-canvas.tsx'
import { type MaskedObject, useExactMask } from './use-exact-mask.ts'
import { useGestures } from './use-gestures.ts'
import { useIndexMap } from './use-index-map.ts'
import { photoPoint } from './zoom.ts'
import { ZoomButtons } from './zoom-buttons.tsx'

type Props = {
  firesight: Firesight
  /** The size of the upright photo. */
  image: { width: number; height: number } | undefined
  /** Whether the photo is loaded, so that the layers can be drawn over it. */
  isShown: boolean
  photo: ComponentChildren
  marks: readonly Mark[]
  objects?: readonly MaskedObject[]
  overlayUrl: string | null | undefined
  layers: Layers
  opacity?: number
  pointedAt: number | null
  pointAt: (index: number | null) => void
  select?: (index: number | null) => void
}

const NO_OBJECTS: readonly MaskedObject[] = []
/** The opacity of the objects in the files of the functions. */
const FILE_OPACITY = 0.5

/** A photo that can be zoomed and moved, with masks, boxes and labels over it. */
export function Viewer(props: Props) {
  const { firesight, image, isShown, photo, marks, overlayUrl, layers, opacity = 0.35 } = props
  const { objects, pointedAt, pointAt, select = pointAt } = props
  const frame = useRef<HTMLDivElement>(null)
  const [observe, shown] = useSize()
  const attach = useCallback((element: HTMLDivElement | null) => {
    frame.current = element
    observe(element)
  }, [])
  const overlay = useIndexMap(overlayUrl)
  const map = overlay.state === 'ready' ? overlay.map : undefined
  const hasMask = (index: number) => Boolean(objects?.[index]?.mask)
  const exactMask = useExactMask(firesight, objects ?? NO_OBJECTS, pointedAt)

  const hit = (point: { x: number; y: number }) =>
    image && isShown ? objectAt(photoPoint(point, view, image), marks, map, hasMask) : null
  const { view, handlers, zoom, reset } = useGestures(
    frame,
    (point) => pointAt(point && hit(point)),
    (point) => select(hit(point)),
  )
  const place = {
    width: `${view.scale * 100}%`,
    height: `${view.scale * 100}%`,
    left: `${view.x * 100}%`,
    top: `${view.y * 100}%`,
  }
  const pointed = objects && marks.find(({ of }) => of === pointedAt)
  return (
    <>
      <div
        ref={attach}
        class={view.scale > 1 ? 'viewer viewer-zoomed' : 'viewer'}
        role="group"
        aria-label="Photo. Press + and − to zoom, and the arrow keys to move the zoomed photo."
        tabIndex={0}
        {...handlers}
      >
        <div class="viewer-layer" style={place}>
          {photo}
        </div>
        {image && isShown && (
          <>
            {overlay.state === 'unreadable' && layers.overlay && (
              <img
                class="viewer-layer overlay-picture"
                src={overlay.url}
                alt=""
                style={{ ...place, opacity: Math.min(opacity / FILE_OPACITY, 1) }}
              />
            )}
            {shown && (pointed || (map && layers.overlay)) && (
              <MaskCanvas
                image={image}
                shown={shown}
                view={view}
                marks={marks}
                map={map}
                opacity={opacity}
                pointed={pointed}
                hasMask={pointed !== undefined && hasMask(pointed.of)}
                exactMask={exactMask}
              />
            )}
            {layers.boxes && <Boxes image={image} marks={marks} pointedAt={pointedAt} style={place} />}
            {layers.labels && shown && (
              <LabelChips image={image} shown={shown} view={view} marks={marks} pointedAt={pointedAt} />
            )}
          </>
        )}
      </div>
      {isShown && <ZoomButtons scale={view.scale} zoom={zoom} reset={reset} />}
    </>
  )
}
