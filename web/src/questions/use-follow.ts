import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

/** How far the end may be below the visible part, in pixels, and still count as visible. */
const TOLERANCE = 48

export type Follow = {
  /** Whether there is new content below the visible part. */
  isBehind: boolean
  /** Shows the end, and follows it again. */
  jump: () => void
}

/**
 * Keeps the end of a growing list visible while the user is there. If the user has scrolled away, in the list
 * or in the page, nothing moves.
 * @param end an empty element after the last item
 * @param content changes when the list grows
 */
export function useFollow(
  list: RefObject<HTMLElement | null>,
  end: RefObject<HTMLElement | null>,
  content: unknown,
): Follow {
  const isFollowing = useRef(true)
  const isFirst = useRef(true)
  const [isBehind, setBehind] = useState(false)

  useEffect(() => {
    const update = () => {
      if (!list.current || !end.current) return
      isFollowing.current = isVisible(end.current, list.current)
      if (isFollowing.current) setBehind(false)
    }
    // Captures the events of the list and of the page, which do not bubble.
    addEventListener('scroll', update, { capture: true, passive: true })
    addEventListener('resize', update)
    return () => {
      removeEventListener('scroll', update, { capture: true })
      removeEventListener('resize', update)
    }
  }, [])

  useLayoutEffect(() => {
    if (isFirst.current) {
      // A restored list shows its end, but the page stays where it is.
      isFirst.current = false
      if (list.current) list.current.scrollTop = list.current.scrollHeight
      return
    }
    if (isFollowing.current) end.current?.scrollIntoView({ block: 'nearest' })
    else setBehind(true)
  }, [content])

  const jump = () => {
    isFollowing.current = true
    setBehind(false)
    end.current?.scrollIntoView({ block: 'nearest' })
  }
  return { isBehind, jump }
}

function isVisible(end: HTMLElement, list: HTMLElement): boolean {
  const { top } = end.getBoundingClientRect()
  const bottom = Math.min(list.getBoundingClientRect().bottom, innerHeight)
  return top >= 0 && top <= bottom + TOLERANCE
}
