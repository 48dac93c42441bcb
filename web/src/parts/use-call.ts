import type { CallOptions, FiresightError } from '@firesight/client'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Slot } from './kept.ts'

/** A request and its result. */
export type Reply<Request, Result> = { request: Request; result: Result }

export type Call<Request, Result> = {
  /** The last successful reply. Kept while the next call runs, and if that call is cancelled. */
  reply: Reply<Request, Result> | undefined
  /** The start of the running call. */
  runningSince: Date | undefined
  /** The error of the last call. There is no reply then. */
  failure: FiresightError | undefined
  run: (request: Request) => void
  /** Sends the last request again. */
  retry: () => void
  cancel: () => void
  /** Cancels the call and clears reply and failure. */
  clear: () => void
}

type State<Request, Result> = Pick<Call<Request, Result>, 'reply' | 'runningSince' | 'failure'>
const NOTHING = { reply: undefined, runningSince: undefined, failure: undefined }

/**
 * Calls a function, one call at a time. Unmounting the component cancels the call. The last reply is kept in
 * `slot`, and restored from it.
 */
export function useCall<Request, Result>(
  send: (request: Request, options: CallOptions) => Promise<Result>,
  slot?: Slot<Reply<Request, Result>>,
): Call<Request, Result> {
  const [state, setState] = useState<State<Request, Result>>(NOTHING)
  const last = useRef<{ request: Request; stopper: AbortController }>(undefined)
  const stop = () => last.current?.stopper.abort()
  useEffect(() => stop, [])

  // Read while rendering, so that the first frame with the slot shows the restored reply.
  const restored = useRef<{ key: string; reply: Reply<Request, Result> | undefined }>(undefined)
  if (slot && slot.key !== restored.current?.key) restored.current = { key: slot.key, reply: slot.read() }
  // Another generation of the photo has another key. Results about the earlier one are not shown.
  useLayoutEffect(() => {
    stop()
    setState(NOTHING)
  }, [slot?.key])
  const forgetRestored = () => {
    if (restored.current) restored.current.reply = undefined
  }

  const run = (request: Request) => {
    stop()
    const stopper = new AbortController()
    const { signal } = stopper
    last.current = { request, stopper }
    setState(({ reply }) => ({ ...NOTHING, reply, runningSince: new Date() }))
    // After an abort, the code that aborted has already set the state.
    const settle = (outcome: Partial<State<Request, Result>>) => {
      if (signal.aborted) return
      forgetRestored()
      setState({ ...NOTHING, ...outcome })
      if (outcome.reply) slot?.write(outcome.reply)
    }
    send(request, { signal }).then(
      (result) => settle({ reply: { request, result } }),
      (failure: FiresightError) => settle({ failure }),
    )
  }
  return {
    ...state,
    reply: state.reply ?? restored.current?.reply,
    run,
    retry: () => last.current && run(last.current.request),
    cancel: () => {
      stop()
      setState(({ reply }) => ({ ...NOTHING, reply }))
    },
    clear: () => {
      stop()
      forgetRestored()
      slot?.write(undefined)
      setState(NOTHING)
    },
  }
}
