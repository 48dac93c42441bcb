import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { panBy, STEP, type View, WHOLE, wheelFactor, zoomAt } from './zoom.ts'

/** A point of the frame, as fractions of its sides. */
type Point = { x: number; y: number }

const CENTRE = { x: 0.5, y: 0.5 }
/** CSS pixels: a shorter movement is a click. */
const DRAG_LENGTH = 5
const DOUBLE_CLICK_MS = 350
const DOUBLE_CLICK_LENGTH = 30
const DOUBLE_CLICK_FACTOR = 2.5
/** The part of the frame by which an arrow key moves the photo. */
const ARROW_STEP = 0.1

const ARROWS: Record<string, Point> = {
  ArrowLeft: { x: ARROW_STEP, y: 0 },
  ArrowRight: { x: -ARROW_STEP, y: 0 },
  ArrowUp: { x: 0, y: ARROW_STEP },
  ArrowDown: { x: 0, y: -ARROW_STEP },
}

/**
 * Zooms and moves the photo: with the wheel, two fingers, double clicks, dragging and keys. Reports hovering and
 * single clicks at points of the frame.
 */
export function useGestures(
  frame: RefObject<HTMLElement | null>,
  onHover: (point: Point | null) => void,
  onClick: (point: Point) => void,
) {
  const [view, setView] = useState<View>(WHOLE)
  const pointers = useRef(new Map<number, Point>())
  const dragged = useRef(0)
  const lastClick = useRef({ at: 0, x: 0, y: 0 })

  const pointOf = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top, width, height } = frame.current!.getBoundingClientRect()
    return { x: (clientX - left) / width, y: (clientY - top) / height }
  }
  const zoom = (factor: number, point: Point = CENTRE) => setView((before) => zoomAt(before, factor, point))

  useEffect(() => {
    const element = frame.current
    const onWheel = (event: WheelEvent) => {
      const factor = wheelFactor(event)
      // The page scrolls while the whole photo is shown, except to zoom in at the top of the page.
      if (view.scale === 1 && !event.ctrlKey && (factor < 1 || scrollY > 0)) return
      event.preventDefault()
      zoom(factor, pointOf(event))
    }
    // Preact's listeners cannot prevent scrolling: browsers make them passive.
    element?.addEventListener('wheel', onWheel, { passive: false })
    return () => element?.removeEventListener('wheel', onWheel)
  }, [view.scale === 1])

  const release = ({ pointerId }: PointerEvent) => {
    pointers.current.delete(pointerId)
  }
  const handlers = {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return
      pointers.current.delete(event.pointerId)
      if (pointers.current.size === 0) dragged.current = 0
      pointers.current.set(event.pointerId, pointOf(event))
    },
    onPointerMove: (event: PointerEvent) => {
      // A mouse button that was released outside the frame.
      if (event.buttons === 0) pointers.current.delete(event.pointerId)
      const point = pointOf(event)
      const before = pointers.current.get(event.pointerId)
      if (!before) {
        if (event.pointerType !== 'touch') onHover(point)
        return
      }
      const [other] = [...pointers.current].filter(([id]) => id !== event.pointerId).map(([, at]) => at)
      pointers.current.set(event.pointerId, point)
      const { width, height } = frame.current!.getBoundingClientRect()
      const length = (a: Point, b: Point) => Math.hypot((a.x - b.x) * width, (a.y - b.y) * height)
      dragged.current += length(point, before)
      if (!other && (view.scale === 1 || dragged.current < DRAG_LENGTH)) return
      frame.current!.setPointerCapture(event.pointerId)
      onHover(null)
      const share = other ? 0.5 : 1 // Of two fingers, each moves their centre by half of its own way.
      const moved = { x: (point.x - before.x) * share, y: (point.y - before.y) * share }
      setView((now) => {
        const panned = panBy(now, moved)
        if (!other) return panned
        const centre = { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 }
        return zoomAt(panned, length(point, other) / Math.max(length(before, other), 1), centre)
      })
    },
    onPointerUp: release,
    onPointerCancel: release,
    onPointerLeave: () => onHover(null),
    onClick: (event: MouseEvent) => {
      if (dragged.current >= DRAG_LENGTH) return
      const { at, x, y } = lastClick.current
      const isDouble =
        event.timeStamp - at < DOUBLE_CLICK_MS &&
        Math.hypot(event.clientX - x, event.clientY - y) < DOUBLE_CLICK_LENGTH
      lastClick.current = { at: isDouble ? 0 : event.timeStamp, x: event.clientX, y: event.clientY }
      if (!isDouble) return onClick(pointOf(event))
      if (view.scale === 1) zoom(DOUBLE_CLICK_FACTOR, pointOf(event))
      else setView(WHOLE)
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const arrow = ARROWS[event.key]
      if (event.key === '+' || event.key === '=') zoom(STEP)
      else if (event.key === '-' || event.key === '_') zoom(1 / STEP)
      else if (event.key === '0') setView(WHOLE)
      else if (arrow && view.scale > 1) setView((before) => panBy(before, arrow))
      else return
      event.preventDefault()
    },
  }
  return { view, handlers, zoom, reset: () => setView(WHOLE) }
}
