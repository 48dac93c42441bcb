import { MinusIcon, PlusIcon } from '../parts/icons.tsx'
import { MAX_SCALE, STEP } from './zoom.ts'

type Props = { scale: number; zoom: (factor: number) => void; reset: () => void }

/** Buttons at the limits stay focusable, so that the focus is not lost. */
export function ZoomButtons({ scale, zoom, reset }: Props) {
  return (
    <div class={scale === 1 ? 'zoom zoom-whole' : 'zoom'} role="group" aria-label="Zoom">
      <button
        type="button"
        aria-label="Zoom out"
        title="Zoom out (−)"
        aria-disabled={scale === 1}
        onClick={() => zoom(1 / STEP)}
      >
        <MinusIcon />
      </button>
      <button type="button" class="zoom-level" title="Show the whole photo (0)" onClick={reset}>
        <span class="hidden">Show the whole photo, zoom is </span>
        <span role="status">{Math.round(scale * 100)}%</span>
      </button>
      <button
        type="button"
        aria-label="Zoom in"
        title="Zoom in (+)"
        aria-disabled={scale === MAX_SCALE}
        onClick={() => zoom(STEP)}
      >
        <PlusIcon />
      </button>
    </div>
  )
}
