import type { ComponentChildren } from 'preact'

type Props = {
  index: number
  pointedAt: number | null
  pointAt: (index: number | null) => void
  children: ComponentChildren
}

/** Something in a list; pointing at it here points it out in the photo, and the other way round. */
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
