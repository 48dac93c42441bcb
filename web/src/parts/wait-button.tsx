import { useId } from 'preact/hooks'
import { countdown } from './numbers.ts'
import { useOnline } from './use-online.ts'
import { useRemaining } from './use-remaining.ts'

type Props = {
  label: string
  onClick: () => void
  /** An earlier click would fail. */
  until?: Date | undefined
  /** Why the button is disabled until then. */
  reason?: string
  class?: string
}

/**
 * A button for a request to the service. It is disabled until a time, which it counts down, and while the
 * browser is offline. Its text and its description say why.
 */
export function WaitButton({
  label,
  onClick,
  until,
  reason = '',
  class: style = 'button button-bare',
}: Props) {
  const reasonId = useId()
  const isOnline = useOnline()
  const remaining = useRemaining(until)
  const why = isOnline ? remaining > 0 && reason : 'You are offline.'
  if (!isOnline || remaining > 0) {
    return (
      <>
        {/* Not `disabled`: such a button takes no focus, so its reason could not be read with the keyboard. */}
        <button
          type="button"
          class={style}
          aria-disabled
          title={why || undefined}
          aria-describedby={reasonId}
        >
          {isOnline ? `${label} in ${countdown(remaining)}` : `${label} when online`}
        </button>
        <span id={reasonId} class="hidden">
          {why}
        </span>
      </>
    )
  }
  return (
    <button type="button" class={style} onClick={onClick}>
      {label}
    </button>
  )
}
