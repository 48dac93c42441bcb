type Point = { x: number; y: number }
type Size = { width: number; height: number }

/**
 * The visible part of the photo. All lengths are fractions of the frame that shows it: the point p of the whole
 * photo is shown at `x + scale * p`.
 */
export type View = { scale: number; x: number; y: number }

export const WHOLE: View = { scale: 1, x: 0, y: 0 }
export const MAX_SCALE = 12
/** The factor of the buttons and keys. */
export const STEP = 1.5

/** Zooms so that the part of the photo at `point` stays there. The photo always covers the frame. */
export function zoomAt(view: View, factor: number, point: Point): View {
  const scale = clamp(view.scale * factor, 1, MAX_SCALE)
  const ratio = scale / view.scale
  return inFrame({ scale, x: point.x - (point.x - view.x) * ratio, y: point.y - (point.y - view.y) * ratio })
}

export function panBy(view: View, { x, y }: Point): View {
  return inFrame({ ...view, x: view.x + x, y: view.y + y })
}

/** The part of the photo at a point of the frame, in pixels of the photo. */
export function photoPoint({ x, y }: Point, view: View, photo: Size): Point {
  return {
    x: Math.floor(((x - view.x) / view.scale) * photo.width),
    y: Math.floor(((y - view.y) / view.scale) * photo.height),
  }
}

/** The factor for a turn of the mouse wheel. */
export function wheelFactor(turn: Pick<WheelEvent, 'deltaY' | 'deltaMode' | 'ctrlKey'>): number {
  // Browsers report pixels, lines or pages.
  const pixels = turn.deltaY * ([1, 16, 400][turn.deltaMode] ?? 1)
  // A pinch on a trackpad is reported as small turns with the Ctrl key.
  return Math.exp(-clamp(pixels, -300, 300) * (turn.ctrlKey ? 0.01 : 0.002))
}

function inFrame({ scale, x, y }: View): View {
  return scale === 1 ? WHOLE : { scale, x: clamp(x, 1 - scale, 0), y: clamp(y, 1 - scale, 0) }
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}
