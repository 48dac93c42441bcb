import { useLayoutEffect } from 'preact/hooks'
import { CloseIcon } from '../parts/icons.tsx'
import { isTyping } from '../parts/is-typing.ts'
import { photosText } from './photo-text.ts'
import type { Deletions } from './use-deletions.ts'

type Props = { deletions: Deletions; onUndone: (imageId: string) => void }

/** Reports a deletion, and offers to undo it. The time limit pauses while the toast has focus or the pointer. */
export function UndoToast({ deletions, onUndone }: Props) {
  const { undoable, news, undo, confirm, hold } = deletions
  const undoNow = () => {
    const [first] = undo()
    if (first) onUndone(first.imageId)
  }
  // Before the first paint, so that a key that is pressed at once is not lost.
  useLayoutEffect(() => {
    if (!undoable) return undefined
    const onKey = (event: KeyboardEvent) => {
      const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z'
      if (!isUndo || isTyping(event.target)) return
      event.preventDefault()
      undoNow()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [undoable])
  const text = undoable ? `${photosText(undoable.photos.length)} deleted.` : news
  return (
    <div
      class="toast-place"
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
      onFocusCapture={() => hold(true)}
      onBlurCapture={() => hold(false)}
    >
      <div class={text === '' ? undefined : 'toast'}>
        <p role="status">{text}</p>
        {undoable && (
          <button type="button" class="button toast-button" onClick={undoNow}>
            Undo
          </button>
        )}
        {text !== '' && (
          <button
            type="button"
            class="button toast-button"
            aria-label="Dismiss the message"
            onClick={confirm}
          >
            <CloseIcon />
          </button>
        )}
      </div>
    </div>
  )
}
