import { CloseIcon } from '../parts/icons.tsx'

/** Removes the entry of a file from the queue. */
export function DismissButton({ name, dismiss }: { name: string; dismiss: () => void }) {
  return (
    <button
      type="button"
      class="button button-bare upload-close"
      aria-label={`Dismiss: ${name}`}
      title="Dismiss"
      onClick={dismiss}
    >
      <CloseIcon />
    </button>
  )
}
