import { CheckIcon } from '../parts/icons.tsx'
import { useStored } from './use-stored.ts'

const NAMES = { overlay: 'Masks', boxes: 'Boxes', labels: 'Labels' } as const

/** The layers that are shown over the photo. */
export type Layers = Record<keyof typeof NAMES, boolean>
type LayerName = keyof Layers

export type LayerSettings = {
  layers: Layers
  setLayers: (layers: Layers) => void
  /** The opacity of the masks, 0 to 1. */
  opacity: number
  setOpacity: (opacity: number) => void
}

const ALL: Layers = { overlay: true, boxes: true, labels: true }
const OPACITY = 0.35

/** The shown layers and the opacity of the masks, which the browser remembers. */
export function useLayerSettings(): LayerSettings {
  const [layers, setLayers] = useStored('firesight:layers', ALL, isLayers)
  const [opacity, setOpacity] = useStored('firesight:mask-opacity', OPACITY, isOpacity)
  return { layers, setLayers, opacity, setOpacity }
}

export function LayerTools({ layers, setLayers, opacity, setOpacity }: LayerSettings) {
  return (
    <>
      <fieldset class="toggles">
        <legend class="hidden">Layers on the photo</legend>
        {(Object.keys(NAMES) as LayerName[]).map((layer) => (
          <label key={layer} class="toggle">
            <input
              type="checkbox"
              checked={layers[layer]}
              onChange={({ currentTarget }) => setLayers({ ...layers, [layer]: currentTarget.checked })}
            />
            <CheckIcon />
            {NAMES[layer]}
          </label>
        ))}
      </fieldset>
      <label class="opacity">
        <span class="hidden">Opacity of the masks</span>
        <input
          type="range"
          min={0}
          max={100}
          step={5}
          value={Math.round(opacity * 100)}
          aria-valuetext={`${Math.round(opacity * 100)}%`}
          title="Opacity of the masks"
          disabled={!layers.overlay}
          onInput={({ currentTarget }) => setOpacity(currentTarget.valueAsNumber / 100)}
        />
        <span class="opacity-value" aria-hidden="true">
          {Math.round(opacity * 100)}%
        </span>
      </label>
    </>
  )
}

function isLayers(value: unknown): value is Layers {
  const names = Object.keys(NAMES) as LayerName[]
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Partial<Layers>)[name] === 'boolean')
  )
}

function isOpacity(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1
}
