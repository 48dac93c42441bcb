import { useMemo } from 'preact/hooks'
import { chipWidth, placeChips } from './chip-places.ts'
import type { Mark } from './marks.ts'

type Size = { width: number; height: number }
type Props = {
  image: Size
  /** The size at which the photo is shown. */
  shown: Size
  marks: readonly Mark[]
  pointedAt: number | null
}

/** Labels at their boxes. A label without free space is shown only while its object is highlighted. */
export function LabelChips({ image, shown, marks, pointedAt }: Props) {
  const scale = shown.width / image.width
  const places = useMemo(
    () =>
      placeChips(
        marks.map(({ label, box }) => ({
          box: { x: box.x * scale, y: box.y * scale, width: box.width * scale, height: box.height * scale },
          width: Math.min(chipWidth(label), shown.width),
        })),
        shown,
      ),
    [marks, scale, shown],
  )
  return (
    <div class="chips" aria-hidden="true">
      {marks.map(({ of, label, colour }, index) => {
        const { x, y, isFree } = places[index]!
        const isPointed = pointedAt === of
        if (!isFree && !isPointed) return null
        return (
          <span
            key={index}
            class={pointedAt === null || isPointed ? 'chip' : 'chip chip-faded'}
            style={{
              translate: `${x}px ${y}px`,
              background: colour.fill,
              color: colour.ink,
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
