import { useRef, useState } from 'preact/hooks'

export type Selection = {
  ids: ReadonlySet<string>
  /** Selects or deselects a photo; with `isRange`, everything between the last photo and this one. */
  toggle: (imageId: string, isRange: boolean) => void
  selectAll: () => void
  clear: () => void
}

/** The selected photos of a list. Photos that leave the list leave the selection. */
export function useSelection(listed: readonly string[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const last = useRef<string>(undefined)
  const ids = new Set(listed.filter((imageId) => chosen.has(imageId)))
  return {
    ids,
    toggle: (imageId, isRange) => {
      const from = isRange && last.current !== undefined ? listed.indexOf(last.current) : -1
      const to = listed.indexOf(imageId)
      last.current = imageId
      if (from >= 0 && to >= 0) {
        setChosen(new Set([...ids, ...listed.slice(Math.min(from, to), Math.max(from, to) + 1)]))
        return
      }
      const changed = new Set(ids)
      if (!changed.delete(imageId)) changed.add(imageId)
      setChosen(changed)
    },
    selectAll: () => setChosen(new Set(listed)),
    clear: () => setChosen(new Set()),
  }
}
