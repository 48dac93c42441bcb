import { CheckIcon } from '../parts/icons.tsx'

const NAMES = { overlay: 'Overlay', boxes: 'Boxes', labels: 'Labels' } as const

/** The layers that are shown over the photo. */
export type Layers = Record<keyof typeof NAMES, boolean>

export function LayerToggles({ layers, onChange }: { layers: Layers; onChange: (layers: Layers) => void }) {
  return (
    <fieldset class="toggles">
      <legend class="hidden">Layers on the photo</legend>
      {(Object.keys(NAMES) as (keyof Layers)[]).map((layer) => (
        <label key={layer} class="toggle">
          <input
            type="checkbox"
            checked={layers[layer]}
            onChange={({ currentTarget }) => onChange({ ...layers, [layer]: currentTarget.checked })}
          />
          <CheckIcon />
          {NAMES[layer]}
        </label>
      ))}
    </fieldset>
  )
}
