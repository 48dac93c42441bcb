import { AskForm } from '../parts/ask-form.tsx'
import { CallState } from '../parts/call-state.tsx'
import { objectsFound } from './found.ts'
import type { Finding } from './use-finding.ts'

/** The same limit as in the functions. */
const MAX_TARGET_LENGTH = 200

/** Searches for objects. The results replace the annotation's objects on the photo until they are cleared. */
export function FindPanel({ finding, path }: { finding: Finding; path: string }) {
  const { reply, runningSince, run, cancel, clear } = finding
  return (
    <section class="call-panel" aria-label="Find in this photo">
      <AskForm
        label="What to find"
        placeholder="Find round objects"
        maxLength={MAX_TARGET_LENGTH}
        action="Find"
        stopAction="Cancel"
        isBusy={runningSince !== undefined}
        keepsText
        initialText={reply?.request.targets}
        send={(targets) => run({ image: path, targets, masks: true, overlay: true })}
        stop={cancel}
      />
      <CallState
        call={finding}
        runningText="Searching…"
        resultText={reply && objectsFound(reply.request.targets, reply.result)}
      >
        {reply && (
          <button type="button" class="button button-bare" onClick={clear}>
            Clear
          </button>
        )}
      </CallState>
    </section>
  )
}
