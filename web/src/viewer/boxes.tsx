import type { CSSProperties } from 'preact'
import type { Mark } from './marks.ts'

type Props = {
  image: { width: number; height: number }
  marks: readonly Mark[]
  pointedAt: number | null
  style: CSSProperties
}

/** With more boxes, thinner lines leave more of the photo visible. */
const MANY = 25

/** Draws boxes in their coordinate space: pixels of the upright image. */
export function Boxes({ image, marks, pointedAt, style }: Props) {
  // Small boxes come last, above larger ones.
  const order = [...marks.entries()].toSorted(([, a], [, b]) => area(b) - area(a))
  return (
    <svg
      class={marks.length > MANY ? 'boxes boxes-many' : 'boxes'}
      style={style}
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
