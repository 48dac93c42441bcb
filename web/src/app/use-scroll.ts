import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

/**
 * Starts each page at its top, and a page that `keeps` its position where it was left. The browser would
 * restore positions before the page has its height.
 */
export function useScroll(page: string, keeps: boolean): void {
  const positions = useRef(new Map<string, number>())
  useEffect(() => {
    history.scrollRestoration = 'manual'
  }, [])
  useLayoutEffect(() => {
    scrollTo(0, keeps ? (positions.current.get(page) ?? 0) : 0)
    const save = () => positions.current.set(page, scrollY)
    addEventListener('scroll', save, { passive: true })
    return () => removeEventListener('scroll', save)
  }, [page])
}
