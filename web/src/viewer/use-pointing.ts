import { useEffect, useState } from 'preact/hooks'

export type Pointing = {
  /** The index of the highlighted object: the one under the pointer or with the focus, else the selected one. */
  pointedAt: number | null
  pointAt: (index: number | null) => void
  selected: number | null
  /** Selects an object, or none. Selecting it again clears the selection. */
  select: (index: number | null) => void
}

/** Escape clears the selection. @param objects other objects clear it too */
export function usePointing(objects: unknown): Pointing {
  const [hovered, pointAt] = useState<number | null>(null)
  const [selected, setSelected] = useState<number | null>(null)
  useEffect(() => {
    pointAt(null)
    setSelected(null)
  }, [objects])
  useEffect(() => {
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return
      pointAt(null)
      setSelected(null)
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [])
  const select = (index: number | null) => {
    // The pointer is still at the object: without this, it stays highlighted.
    if (index === selected) pointAt(null)
    setSelected(index === selected ? null : index)
  }
  return { pointedAt: hovered ?? selected, pointAt, selected, select }
}
