import { useEffect, useState } from 'preact/hooks'

type Props = {
  /** How long the button is disabled. Its text counts the seconds down. */
  waitMs: number
  retry: () => void
  /** By default "Try again". */
  label?: string
}

/** Repeats a failed request when the service accepts it again. */
export function RetryButton({ waitMs, retry, label = 'Try again' }: Props) {
  const secondsLeft = useCountdown(waitMs)
  return (
    <button type="button" class="button button-bare" disabled={secondsLeft > 0} onClick={retry}>
      {secondsLeft > 0 ? `${label} in ${timeLeft(secondsLeft)}` : label}
    </button>
  )
}

/** The seconds that are left, rounded up. Restarts when the time to wait changes. */
function useCountdown(waitMs: number): number {
  const [secondsLeft, setSecondsLeft] = useState(() => Math.ceil(waitMs / 1000))
  useEffect(() => {
    const end = Date.now() + waitMs
    const update = () => setSecondsLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)))
    update()
    if (waitMs <= 0) return undefined
    const timer = setInterval(() => {
      update()
      if (Date.now() >= end) clearInterval(timer)
    }, 250)
    return () => clearInterval(timer)
  }, [waitMs])
  return secondsLeft
}

/** 45 s, 3 min, 2 h */
export function timeLeft(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`
}
