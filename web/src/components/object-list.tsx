import type { Mark } from '../photos/marks.ts'
import { pixels } from '../words/numbers.ts'
import { PointButton } from './point-button.tsx'

type Props = {
  title: string
  objects: readonly Mark[]
  pointedAt: number | null
  pointAt: (index: number | null) => void
}

/** The objects as a list. */
export function ObjectList({ title, objects, pointedAt, pointAt }: Props) {
  if (objects.length === 0) return null
  return (
    <section>
      <h3>{title}</h3>
      <ol class="objects">
        {objects.map(({ label, box, colour }, index) => (
          <li key={index}>
            <PointButton index={index} pointedAt={pointedAt} pointAt={pointAt}>
              <span class="swatch" style={{ background: colour.fill }} />
              <span class="object-label">{label}</span>
              <span class="object-size" title={`At ${box.x}, ${box.y} from the top left`}>
                {pixels(box)}
              </span>
            </PointButton>
          </li>
        ))}
      </ol>
    </section>
  )
}
