import { useCallback, useRef, useState } from 'preact/hooks'

/** Observes the displayed size of an element, in CSS pixels. */
export function useSize(): [
  attach: (element: Element | null) => void,
  size: { width: number; height: number } | undefined,
] {
  const [size, setSize] = useState<{ width: number; height: number }>()
  const observer = useRef<ResizeObserver>(undefined)
  const attach = useCallback((element: Element | null) => {
    observer.current?.disconnect()
    if (!element) return
    observer.current = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    observer.current.observe(element)
  }, [])
  return [attach, size]
}
