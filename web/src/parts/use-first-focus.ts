import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { hasNavigated } from '../app/use-route.ts'

/**
 * Focuses the heading of a page that opens after the first one, so that the keyboard and screen readers
 * continue there. The heading needs `tabIndex={-1}`.
 */
export function useFirstFocus(): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (hasNavigated()) heading.current?.focus()
  }, [])
  return heading
}
