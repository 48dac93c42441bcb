import { useRef, useState } from 'preact/hooks'

type Props = {
  label: string
  placeholder: string
  maxLength: number
  /** The text of the button, and its text during the call. */
  action: string
  stopAction: string
  isBusy: boolean
  /** Whether the text can be empty. */
  isOptional?: boolean
  /** Whether the text stays in the field after it is sent. */
  keepsText?: boolean
  /** The text when the field is first shown. */
  initialText?: string | undefined
  send: (text: string) => void
  stop: () => void
}

/**
 * A text field with a button that sends the text, and stops the call while it runs. It is one button, so that
 * the focus stays on it.
 */
export function AskForm(props: Props) {
  const { label, placeholder, maxLength, action, stopAction, isBusy, isOptional, keepsText, send, stop } =
    props
  const [text, setText] = useState(props.initialText ?? '')
  const field = useRef<HTMLInputElement>(null)

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (isBusy) return
    const trimmed = text.trim()
    if (trimmed === '' && !isOptional) {
      field.current?.focus()
      return
    }
    if (!keepsText) setText('')
    send(trimmed)
  }
  return (
    <form class="ask" onSubmit={submit}>
      <input
        ref={field}
        class="ask-text"
        type="text"
        aria-label={label}
        placeholder={placeholder}
        maxLength={maxLength}
        autocomplete="off"
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button
        type={isBusy ? 'button' : 'submit'}
        class="button"
        // The second click of a double click does not stop the call that the first one started.
        onClick={(event) => {
          if (!isBusy) return
          event.preventDefault() // The button is a submit button again before the click has ended.
          if (event.detail < 2) stop()
        }}
      >
        {isBusy ? stopAction : action}
      </button>
    </form>
  )
}
