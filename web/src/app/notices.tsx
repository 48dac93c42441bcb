import { CloseIcon } from '../parts/icons.tsx'

type Props = {
  attach: (element: Element | null) => void
  notices: readonly string[]
  dismiss: () => void
}

/** The errors of the last action. */
export function Notices({ attach, notices, dismiss }: Props) {
  return (
    <div ref={attach} role="alert">
      {notices.length > 0 && (
        <div class="notice">
          <div>
            {notices.map((text) => (
              <p key={text}>{text}</p>
            ))}
          </div>
          <button type="button" class="button button-bare" aria-label="Dismiss" onClick={dismiss}>
            <CloseIcon />
          </button>
        </div>
      )}
    </div>
  )
}
