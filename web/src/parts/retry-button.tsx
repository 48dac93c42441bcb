import { useMemo } from 'preact/hooks'
import { WaitButton } from './wait-button.tsx'

type Props = {
  /** How long the button is disabled, from when it is first shown. Its text counts down. */
  waitMs: number
  retry: () => void
  /** By default "Try again". */
  label?: string
}

/** Repeats a failed request when the service accepts it again. */
export function RetryButton({ waitMs, retry, label = 'Try again' }: Props) {
  const until = useMemo(() => new Date(Date.now() + waitMs), [waitMs])
  return <WaitButton label={label} until={until} reason="The service asked to wait." onClick={retry} />
}
