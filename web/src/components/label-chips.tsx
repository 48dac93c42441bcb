import type { StoredObject } from '@firesight/client'
import { useMemo } from 'preact/hooks'
import { chipWidth, placeChips } from '../photos/chip-places.ts'
import type { Colour } from '../photos/colours.ts'

type Size = { width: number; height: number }
type Props = {
  image: Size
  /** The size at which the photo is shown. */
  shown: Size
  objects: readonly StoredObject[]
  colours: readonly Colour[]
  pointedAt: number | null
}

/** The objects' names at their boxes. A chip that finds no room comes when its object is pointed at. */
export function LabelChips({ image, shown, objects, colours, pointedAt }: Props) {
  const scale = shown.width / image.width
  const places = useMemo(
    () =>
      placeChips(
        objects.map(({ label, box }) => ({
          box: { x: box.x * scale, y: box.y * scale, width: box.width * scale, height: box.height * scale },
          width: Math.min(chipWidth(label), shown.width),
        })),
        shown,
      ),
    [objects, scale, shown],
  )
  return (
    <div class="chips" aria-hidden="true">
      {objects.map(({ label }, index) => {
        const { x, y, isFree } = places[index]!
        const isPointed = pointedAt === index
        if (!isFree && !isPointed) return null
        return (
          <span
            key={index}
            class={pointedAt === null || isPointed ? 'chip' : 'chip chip-faded'}
            style={{
              translate: `${x}px ${y}px`,
              background: colours[index]?.fill,
              color: colours[index]?.ink,
              zIndex: isPointed ? 1 : 0,
            }}
          >
            {label}
          </span>
        )
      })}
    </div>
  )
}
