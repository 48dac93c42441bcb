import { pixels } from '../parts/numbers.ts'
import type { Mark } from './marks.ts'
import { PointButton } from './point-button.tsx'

type Props = {
  title: string
  objects: readonly Mark[]
  pointedAt: number | null
  pointAt: (index: number | null) => void
}

/** The list of objects with their sizes. */
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
              <span class="object-size" title={`Position: x ${box.x}, y ${box.y}`}>
                {pixels(box)}
              </span>
            </PointButton>
          </li>
        ))}
      </ol>
    </section>
  )
}
