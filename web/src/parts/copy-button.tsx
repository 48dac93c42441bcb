import { useEffect, useState } from 'preact/hooks'
import { copyText } from './copy-text.ts'

type State = 'idle' | 'copied' | { failure: string }

/** Copies a text to the clipboard. The button says so for two seconds; a failure is shown until the next try. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [state, setState] = useState<State>('idle')
  useEffect(() => {
    if (state !== 'copied') return undefined
    const timer = setTimeout(() => setState('idle'), 2000)
    return () => clearTimeout(timer)
  }, [state])
  const copy = () =>
    copyText(text).then(
      () => setState('copied'),
      ({ message }: Error) => setState({ failure: message }),
    )
  return (
    <>
      <button type="button" class="button button-bare copy" onClick={() => void copy()}>
        <span aria-live="polite">{state === 'copied' ? 'Copied' : label}</span>
      </button>
      <p class="call-failed" role="alert">
        {typeof state === 'object' && state.failure}
      </p>
    </>
  )
}
