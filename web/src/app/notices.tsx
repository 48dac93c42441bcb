import { CloseIcon } from '../parts/icons.tsx'

/** The errors of the last action. */
export function Notices({ notices, dismiss }: { notices: readonly string[]; dismiss: () => void }) {
  return (
    <div role="alert">
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
