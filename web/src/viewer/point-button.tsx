import type { ComponentChildren } from 'preact'

type Props = {
  index: number
  pointedAt: number | null
  pointAt: (index: number | null) => void
  children: ComponentChildren
}

/** A list item. Hovering or focusing it highlights its boxes in the photo, and vice versa. */
export function PointButton({ index, pointedAt, pointAt, children }: Props) {
  return (
    <button
      type="button"
      class={pointedAt === index ? 'object object-pointed' : 'object'}
      onMouseEnter={() => pointAt(index)}
      onMouseLeave={() => pointAt(null)}
      onFocus={() => pointAt(index)}
      onBlur={() => pointAt(null)}
    >
      {children}
    </button>
  )
}
