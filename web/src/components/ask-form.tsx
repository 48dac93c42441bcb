import { useState } from 'preact/hooks'

type Props = {
  label: string
  placeholder: string
  maxLength: number
  /** What the button says, and what it says while that goes on. */
  action: string
  stopAction: string
  isBusy: boolean
  /** Whether nothing may be said too. */
  isOptional?: boolean
  /** Whether the words stay in the field once they are sent. */
  keepsWords?: boolean
  send: (words: string) => void
  stop: () => void
}

/** One line of words for the model. */
export function AskForm(props: Props) {
  const { label, placeholder, maxLength, action, stopAction, isBusy, isOptional, keepsWords, send, stop } =
    props
  const [text, setText] = useState('')
  const words = text.trim()

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if ((words === '' && !isOptional) || isBusy) return
    if (!keepsWords) setText('')
    send(words)
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
        <button key="send" type="submit" class="button" disabled={words === '' && !isOptional}>
          {action}
        </button>
      )}
    </form>
  )
}
