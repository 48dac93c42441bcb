import { useEffect, useRef, useState } from 'preact/hooks'
import { copyText } from './copy-text.ts'

type State = 'idle' | 'copied' | { failure: string }

/** Copies a text to the clipboard. The button says so for two seconds; a failure is shown until the next try. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [state, setState] = useState<State>('idle')
  const alert = useRef<HTMLParagraphElement>(null)
  useEffect(() => {
    // A button at the end of a scrolled list shows its message below the visible part.
    if (typeof state === 'object') alert.current?.scrollIntoView({ block: 'nearest' })
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
      <p ref={alert} class="call-failed copy-failure" role="alert">
        {typeof state === 'object' && state.failure}
      </p>
    </>
  )
}
