import type { Mark } from '../photos/marks.ts'
import { pixels } from '../words/numbers.ts'

type Props = {
  title: string
  objects: readonly Mark[]
  pointedAt: number | null
  pointAt: (index: number | null) => void
}

/** The objects as a list; pointing at one here points it out in the photo, and the other way round. */
export function ObjectList({ title, objects, pointedAt, pointAt }: Props) {
  if (objects.length === 0) return null
  return (
    <section>
      <h3>{title}</h3>
      <ol class="objects">
        {objects.map(({ label, box, colour }, index) => (
          <li key={index}>
            <button
              type="button"
              class={pointedAt === index ? 'object object-pointed' : 'object'}
              onMouseEnter={() => pointAt(index)}
              onMouseLeave={() => pointAt(null)}
              onFocus={() => pointAt(index)}
              onBlur={() => pointAt(null)}
            >
              <span class="swatch" style={{ background: colour.fill }} />
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
