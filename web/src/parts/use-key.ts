import { useEffect } from 'preact/hooks'
import { isTyping } from './is-typing.ts'

/** Calls `onPress` for a key that is pressed anywhere, except in text fields and dialogs. */
export function useKey(key: string, onPress: () => void): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.key !== key || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented)
        return
      if (isTyping(event.target) || document.querySelector('dialog[open]')) return
      event.preventDefault()
      onPress()
    }
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [key, onPress])
}
