import type { Mark } from './marks.ts'

type Props = {
  image: { width: number; height: number }
  marks: readonly Mark[]
  pointedAt: number | null
  pointAt: (index: number | null) => void
}

/** Draws boxes in their coordinate space: pixels of the upright image. */
export function Boxes({ image, marks, pointedAt, pointAt }: Props) {
  // Small boxes come last, so that they can be hovered within larger ones.
  const order = [...marks.entries()].toSorted(([, a], [, b]) => area(b) - area(a))
  return (
    <svg
      class="boxes"
      viewBox={`0 0 ${image.width} ${image.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {order.map(([index, { of, label, box, colour }]) => {
        const place = { x: box.x, y: box.y, width: box.width, height: box.height }
        const state = pointedAt === null ? '' : pointedAt === of ? ' box-pointed' : ' box-faded'
        return (
          <g
            key={index}
            class={`box${state}`}
            data-label={label}
            style={{ color: colour.fill, '--casing': colour.ink }}
            onMouseEnter={() => pointAt(of)}
            onMouseLeave={() => pointAt(null)}
          >
            <rect class="box-casing" {...place} />
            <rect class="box-line" {...place} />
          </g>
        )
      })}
    </svg>
  )
}

function area({ box }: Mark): number {
  return box.width * box.height
}
