import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { type IndexMap, sharesOf } from './index-map.ts'
import type { Mark } from './marks.ts'
import { CLEAR, colourise, gridOf, type Style, sample, sampleMask } from './paint-masks.ts'
import type { View } from './zoom.ts'

type Size = { width: number; height: number }
type Props = {
  image: Size
  /** The size at which the photo is shown, and its visible part. */
  shown: Size
  view: View
  marks: readonly Mark[]
  /** Undefined if there are no masks, or they cannot be read. */
  map: IndexMap | undefined
  /** The opacity of the masks, 0 to 1. */
  opacity: number
  /** The highlighted object. */
  pointed: Mark | undefined
  /** Whether the highlighted object has a mask, and this mask if another object may cover it. */
  hasMask: boolean
  exactMask: IndexMap | undefined
}

/** More canvas pixels take too long on the way to the next frame. */
const MAX_CANVAS_PIXELS = 2_000_000
/** Objects that cover a larger part of the photo get an outline only. */
const MOST = 0.5
const DIMMED = { fill: [0, 0, 0, 0.6], line: CLEAR, thickness: 0 } as const

/**
 * The masks, or a highlighted object with everything else dimmed. Drawn in the pixels of the screen, whatever the
 * size of the photo.
 */
export function MaskCanvas({ image, shown, view, marks, map, opacity, ...highlight }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const shares = useMemo(() => map && sharesOf(map), [map])
  const { pointed, hasMask, exactMask } = highlight
  useLayoutEffect(() => {
    const pen = canvas.current?.getContext('2d')
    if (!pen) return
    const density = Math.min(devicePixelRatio, Math.sqrt(MAX_CANVAS_PIXELS / (shown.width * shown.height)))
    const size = { width: Math.round(shown.width * density), height: Math.round(shown.height * density) }
    if (size.width === 0 || size.height === 0) return
    const thickness = Math.max(Math.round(density), 1)
    const picture = new ImageData(size.width, size.height)
    if (pointed) {
      const inside = { fill: CLEAR, line: [...pointed.colour.rgb, 1], thickness: thickness * 2 } as const
      const isMapped = map && hasMask && !exactMask
      const values = isMapped
        ? sample(gridOf(size, view, map), map)
        : sampleMask(gridOf(size, view, image), pointed.box, exactMask)
      const styles: Style[] = Array.from({ length: 256 }, () => DIMMED)
      styles[isMapped ? pointed.of + 1 : 1] = inside
      colourise(picture.data, size.width, values, styles)
    } else if (map) {
      const styles: (Style | undefined)[] = []
      for (const { of, colour } of marks) {
        const isOutline = (shares?.[of + 1] ?? 0) > MOST
        styles[of + 1] = {
          fill: isOutline ? CLEAR : [...colour.rgb, opacity],
          line: [...colour.rgb, Math.min(opacity * 2, 1)],
          thickness: isOutline ? thickness * 3 : thickness,
        }
      }
      colourise(picture.data, size.width, sample(gridOf(size, view, map), map), styles)
    }
    // Setting the size clears the canvas.
    Object.assign(canvas.current!, size)
    pen.putImageData(picture, 0, 0)
  }, [image, shown, view, marks, map, opacity, pointed, hasMask, exactMask])
  return <canvas ref={canvas} class="masks" aria-hidden="true" />
}
