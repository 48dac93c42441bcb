import { useEffect, useRef } from 'preact/hooks'
import { EyeIcon, EyeOffIcon } from '../parts/icons.tsx'
import { pixels } from '../parts/numbers.ts'
import type { Mark } from './marks.ts'
import type { Pointing } from './use-pointing.ts'

type Props = {
  title: string
  objects: readonly Mark[]
  pointing: Pointing
  hidden: ReadonlySet<number>
  setHidden: (hidden: ReadonlySet<number>) => void
}

/** The objects with their numbers on the photo and their sizes. Each can be selected and hidden. */
export function ObjectList({ title, objects, pointing, hidden, setHidden }: Props) {
  const { selected } = pointing
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    // Only beside the photo: below it, scrolling to the row would hide the photo.
    const column = list.current?.closest('.photo-words')
    if (selected === null || !column || getComputedStyle(column).overflowY !== 'auto') return
    list.current!.children[selected]?.scrollIntoView({ block: 'nearest' })
  }, [selected])

  if (objects.length === 0) return null
  const areAllHidden = hidden.size === objects.length
  const toggle = (index: number) => {
    const changed = new Set(hidden)
    if (!changed.delete(index)) changed.add(index)
    setHidden(changed)
  }
  return (
    <section aria-labelledby="objects-title">
      <div class="objects-head">
        <h3 id="objects-title">{title}</h3>
        <button
          type="button"
          class="button button-bare"
          onClick={() => setHidden(new Set(areAllHidden ? [] : objects.keys()))}
        >
          {areAllHidden ? 'Show all' : 'Hide all'}
        </button>
      </div>
      <ol ref={list} class="objects">
        {objects.map((mark, index) => (
          <ObjectRow
            key={index}
            index={index}
            mark={mark}
            pointing={pointing}
            isHidden={hidden.has(index)}
            toggle={() => toggle(index)}
          />
        ))}
      </ol>
    </section>
  )
}

type RowProps = { index: number; mark: Mark; pointing: Pointing; isHidden: boolean; toggle: () => void }

function ObjectRow({ index, mark: { label, box, colour }, pointing, isHidden, toggle }: RowProps) {
  const { pointedAt, pointAt, selected, select } = pointing
  return (
    <li
      class={`object-row${pointedAt === index ? ' object-pointed' : ''}${isHidden ? ' object-hidden' : ''}`}
      onMouseEnter={() => pointAt(index)}
      onMouseLeave={() => pointAt(null)}
    >
      <button
        type="button"
        class="object"
        aria-pressed={selected === index}
        onFocus={() => pointAt(index)}
        onBlur={() => pointAt(null)}
        onClick={({ currentTarget }) => {
          select(index)
          currentTarget.closest('.photo')?.querySelector('.stage')?.scrollIntoView({ block: 'nearest' })
        }}
      >
        <span class="object-number" aria-hidden="true" style={{ background: colour.fill, color: colour.ink }}>
          {index + 1}
        </span>
        <span class="object-label">{label}</span>
        <span class="object-size" title={`Position: x ${box.x}, y ${box.y}`}>
          {pixels(box)}
        </span>
      </button>
      <button
        type="button"
        class="object-eye"
        aria-pressed={isHidden}
        aria-label={`Hide ${label} (${index + 1})`}
        title={isHidden ? 'Show on the photo' : 'Hide on the photo'}
        onClick={toggle}
      >
        {isHidden ? <EyeOffIcon /> : <EyeIcon />}
      </button>
    </li>
  )
}
