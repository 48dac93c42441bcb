import type { DetectObjectsInput, DetectObjectsResult } from '@firesight/client'
import type { Call } from '../hooks/use-call.ts'
import { objectsFound } from '../words/found.ts'
import { AskForm } from './ask-form.tsx'
import { CallState } from './call-state.tsx'

/** As the functions have it. */
const MAX_TARGET_LENGTH = 200

export type Finding = Call<DetectObjectsInput & { targets: string }, DetectObjectsResult>

/** Looks for what is named; what is found is shown over the photo in place of what was there, until it is cleared. */
export function FindPanel({ finding, path }: { finding: Finding; path: string }) {
  const { reply, runningSince, run, cancel, clear } = finding
  return (
    <section class="call-panel" aria-label="Find in this photo">
      <AskForm
        label="What to find"
        placeholder="Find the round things"
        maxLength={MAX_TARGET_LENGTH}
        action="Find"
        stopAction="Cancel"
        isBusy={runningSince !== undefined}
        keepsWords
        send={(targets) => run({ image: path, targets, masks: true, overlay: true })}
        stop={cancel}
      />
      <CallState
        call={finding}
        doing="Looking"
        words={reply && objectsFound(reply.request.targets, reply.result)}
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
