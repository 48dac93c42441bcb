import type { CallOptions, FiresightError } from '@firesight/client'
import { useEffect, useRef, useState } from 'preact/hooks'

/** What was asked, and what came back. */
export type Reply<Request, Result> = { request: Request; result: Result }

export type Call<Request, Result> = {
  /** The last one that came; it stays while the next is waited for, and when that is cancelled. */
  reply: Reply<Request, Result> | undefined
  /** When the one that is waited for was sent. */
  runningSince: Date | undefined
  /** Why the last one failed; there is no reply then. */
  failure: FiresightError | undefined
  run: (request: Request) => void
  /** Sends the last request again. */
  retry: () => void
  cancel: () => void
  /** Forgets reply and failure. */
  clear: () => void
}

type State<Request, Result> = Pick<Call<Request, Result>, 'reply' | 'runningSince' | 'failure'>
const NOTHING = { reply: undefined, runningSince: undefined, failure: undefined }

/** A function of the model, one call at a time, for as long as the component shows it. */
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
    // Who stops it has said what comes then.
    const settle = (end: Partial<State<Request, Result>>) =>
      signal.aborted || setState({ ...NOTHING, ...end })
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
