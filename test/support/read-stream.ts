import type { ModelAnswer, VisionModel } from '../../functions/src/ports/vision-model.ts'

/** Reads a stream to its end, with `onText` for each piece. @returns the whole answer */
export async function readStream(
  stream: ReturnType<VisionModel['stream']>,
  onText: (text: string) => unknown = () => undefined,
): Promise<ModelAnswer> {
  try {
    let next = await stream.next()
    for (; !next.done; next = await stream.next()) await onText(next.value)
    return next.value
  } finally {
    await stream.return(undefined as never)
  }
}

/** Counts attempts as `attempts` of a request: `log` has the calls in order. `refuse` may end the request. */
export function loggedAttempts(refuse: (attempt: number) => Error | undefined = () => undefined) {
  const log: string[] = []
  let attempt = 0
  return {
    log,
    attempts: {
      begin: async () => {
        log.push('begin')
        return refuse(++attempt) as never
      },
      settle: (failure?: { code: string; billing: string }) => {
        log.push(failure ? `${failure.code}, ${failure.billing}` : 'answered')
      },
    },
  }
}
