import { useMemo } from 'preact/hooks'
import { chipLevel, NUMBER_SIZE } from './chip-level.ts'
import { CHIP_HEIGHT, chipWidth, placeChips } from './chip-places.ts'
import type { Mark } from './marks.ts'
import type { View } from './zoom.ts'

type Size = { width: number; height: number }
type Props = {
  image: Size
  /** The size at which the photo is shown, and its visible part. */
  shown: Size
  view: View
  marks: readonly Mark[]
  pointedAt: number | null
}

/**
 * Labels at their boxes; numbers or dots if labels would hide the photo. The highlighted object always has its
 * label. A label without free space is shown only while its object is highlighted.
 */
export function LabelChips({ image, shown, view, marks, pointedAt }: Props) {
  const { level, chips } = useMemo(() => {
    const visible = marks.flatMap((mark) => {
      const box = visiblePart(mark, image, shown, view)
      return box
        ? [{ mark, box, width: Math.min(chipWidth(mark.label), shown.width), height: CHIP_HEIGHT }]
        : []
    })
    const fitting = chipLevel(visible, shown)
    const sized = fitting === 'labels' ? visible : visible.map((chip) => ({ ...chip, ...NUMBER_SIZE }))
    const places = placeChips(sized, shown)
    const labelPlaces = fitting === 'labels' ? places : visible.map((chip) => placeChips([chip], shown)[0]!)
    return {
      level: fitting,
      chips: visible.map((chip, index) => ({
        ...chip,
        place: places[index]!,
        labelPlace: labelPlaces[index]!,
      })),
    }
  }, [image, shown, view, marks])
  return (
    <div class="chips" data-level={level} aria-hidden="true">
      {chips.map(({ mark: { of, label, colour }, box, place, labelPlace }, index) => {
        const isPointed = pointedAt === of
        const isLabel = level === 'labels' || isPointed
        if (!place.isFree && !isPointed && level !== 'dots') return null
        const { x, y } = isLabel
          ? labelPlace
          : level === 'numbers'
            ? place
            : { x: box.x + box.width / 2, y: box.y + box.height / 2 }
        const kind = isLabel ? '' : level === 'numbers' ? ' chip-number' : ' chip-dot'
        return (
          <span
            key={index}
            class={`chip${kind}${pointedAt === null || isPointed ? '' : ' chip-faded'}`}
            style={{
              translate: `${x}px ${y}px`,
              background: colour.fill,
              color: colour.ink,
              zIndex: isPointed ? 1 : 0,
            }}
          >
            {isLabel ? label : level === 'numbers' ? of + 1 : ''}
          </span>
        )
      })}
    </div>
  )
}

/** The part of a box that is in view, in displayed pixels. */
function visiblePart({ box }: Mark, image: Size, shown: Size, view: View) {
  const side = (start: number, length: number, pixels: number, offset: number, displayed: number) => {
    const at = (pixel: number) => ((pixel / pixels) * view.scale + offset) * displayed
    return [Math.max(at(start), 0), Math.min(at(start + length), displayed)] as const
  }
  const [left, right] = side(box.x, box.width, image.width, view.x, shown.width)
  const [top, bottom] = side(box.y, box.height, image.height, view.y, shown.height)
  return right <= left || bottom <= top
    ? null
    : { x: left, y: top, width: right - left, height: bottom - top }
}
