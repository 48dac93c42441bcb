import { useState } from 'preact/hooks'

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
  send: (text: string) => void
  stop: () => void
}

/** A text field with a button that sends the text. */
export function AskForm(props: Props) {
  const { label, placeholder, maxLength, action, stopAction, isBusy, isOptional, keepsText, send, stop } =
    props
  const [text, setText] = useState('')
  const trimmed = text.trim()

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if ((trimmed === '' && !isOptional) || isBusy) return
    if (!keepsText) setText('')
    send(trimmed)
  }
  return (
    <form class="ask" onSubmit={submit}>
      <input
        class="ask-text"
        type="text"
        aria-label={label}
        placeholder={placeholder}
        maxLength={maxLength}
        autocomplete="off"
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      {isBusy ? (
        <button key="stop" type="button" class="button" onClick={stop}>
          {stopAction}
        </button>
      ) : (
        <button key="send" type="submit" class="button" disabled={trimmed === '' && !isOptional}>
          {action}
        </button>
      )}
    </form>
  )
}
