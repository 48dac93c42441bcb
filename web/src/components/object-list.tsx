import type { StoredObject } from '@firesight/client'
import { coloursOf } from '../photos/colours.ts'
import { pixels } from '../words/numbers.ts'

type Props = {
  objects: readonly StoredObject[]
  pointedAt: number | null
  pointAt: (index: number | null) => void
}

/** The objects as a list; pointing at one here points it out in the photo, and the other way round. */
export function ObjectList({ objects, pointedAt, pointAt }: Props) {
  const colours = coloursOf(objects)
  if (objects.length === 0) return null
  return (
    <section>
      <h3>Objects</h3>
      <ol class="objects">
        {objects.map(({ label, box }, index) => (
          <li key={index}>
            <button
              type="button"
              class={pointedAt === index ? 'object object-pointed' : 'object'}
              onMouseEnter={() => pointAt(index)}
              onMouseLeave={() => pointAt(null)}
              onFocus={() => pointAt(index)}
              onBlur={() => pointAt(null)}
            >
              <span class="swatch" style={{ background: colours[index]?.fill }} />
              <span class="object-label">{label}</span>
              <span class="object-size" title={`At ${box.x}, ${box.y} from the top left`}>
                {pixels(box)}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}
