import type { CallOptions, FiresightError } from '@firesight/client'
import { useEffect, useRef, useState } from 'preact/hooks'

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

/** Calls a function, one call at a time. Unmounting the component cancels the call. */
export function useCall<Request, Result>(
  send: (request: Request, options: CallOptions) => Promise<Result>,
): Call<Request, Result> {
  const [state, setState] = useState<State<Request, Result>>(NOTHING)
  const last = useRef<{ request: Request; stopper: AbortController }>(undefined)
  const stop = () => last.current?.stopper.abort()
  useEffect(() => stop, [])

  const run = (request: Request) => {
    stop()
    const stopper = new AbortController()
    const { signal } = stopper
    last.current = { request, stopper }
    setState(({ reply }) => ({ ...NOTHING, reply, runningSince: new Date() }))
    // After an abort, the code that aborted has already set the state.
    const settle = (outcome: Partial<State<Request, Result>>) =>
      signal.aborted || setState({ ...NOTHING, ...outcome })
    send(request, { signal }).then(
      (result) => settle({ reply: { request, result } }),
      (failure: FiresightError) => settle({ failure }),
    )
  }
  return {
    ...state,
    run,
    retry: () => last.current && run(last.current.request),
    cancel: () => {
      stop()
      setState(({ reply }) => ({ ...NOTHING, reply }))
    },
    clear: () => {
      stop()
      setState(NOTHING)
    },
  }
}
