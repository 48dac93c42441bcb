import type { StoredObject } from '@firesight/client'
import type { Colour } from '../photos/colours.ts'

type Props = {
  image: { width: number; height: number }
  objects: readonly StoredObject[]
  colours: readonly Colour[]
  pointedAt: number | null
  pointAt: (index: number | null) => void
}

/** The objects' boxes, drawn in the document's own space: pixels of the upright image. */
export function Boxes({ image, objects, colours, pointedAt, pointAt }: Props) {
  // Small boxes last, so that they can be pointed at within large ones.
  const order = objects.map((_, index) => index).toSorted((a, b) => area(objects[b]) - area(objects[a]))
  return (
    <svg
      class="boxes"
      viewBox={`0 0 ${image.width} ${image.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {order.map((index) => {
        const { box, label } = objects[index]!
        const place = { x: box.x, y: box.y, width: box.width, height: box.height }
        const state = pointedAt === null ? '' : pointedAt === index ? ' box-pointed' : ' box-faded'
        return (
          <g
            key={index}
            class={`box${state}`}
            data-label={label}
            style={{ color: colours[index]?.fill }}
            onMouseEnter={() => pointAt(index)}
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

function area(object: StoredObject | undefined): number {
  return object ? object.box.width * object.box.height : 0
}
