import { buildFunctions, startFunction, type Usage } from '../support/framework-server.ts'
import { BODY_SHAPES, sendBody } from './bodies.ts'

export type BodyAttack = {
  attempted: number
  refused: number
  /** CPU seconds of the instance. */
  cpuSeconds: number
  /** Small calls of other users that were sent during the attack, and those without an answer. */
  others: number
  failures: number
  /** Whether one process served all requests. */
  survived: boolean
  peakMegabytes: number
  longestLogLine: number
}

/**
 * Sends every hostile body to one instance of a built function, one after the other, while another user calls
 * it. `bytes`: size of each body before compression. `heap`: the heap limit of the instance in MB.
 */
export async function attackWithBodies(
  functionName: string,
  { bytes, heap }: { bytes: number; heap: number },
): Promise<BodyAttack> {
  const { folder, remove } = await buildFunctions()
  const server = await startFunction({ folder, functionName, signature: 'http', heap })
  try {
    let [refused, others, failures] = [0, 0, 0]
    const before = await server.usage()
    for (const shape of BODY_SHAPES) {
      const state = { isOpen: true }
      // A connection that the instance closed is no answer, so not `refused`.
      const attack = sendBody(server.url, shape, bytes)
        .catch(() => undefined)
        .finally(() => (state.isOpen = false))
      do {
        others++
        if (!(await isServed(server.url))) failures++
      } while (state.isOpen)
      const answer = await attack
      if (answer?.status === 400 || answer?.status === 401) refused++
    }
    const survived = server.isRunning()
    const after: Usage = survived ? await server.usage() : before
    return {
      attempted: BODY_SHAPES.length,
      refused,
      cpuSeconds: after.cpuSeconds - before.cpuSeconds,
      others,
      failures,
      survived,
      peakMegabytes: after.peakMegabytes,
      longestLogLine: Math.max(0, ...server.lines.map((line) => line.length)),
    }
  } finally {
    await server.stop()
    remove()
  }
}

/** The function answers a small call. Without a token its answer is always `unauthenticated`. */
async function isServed(url: string): Promise<boolean> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: '{"data":{}}' }).catch(() => undefined)
  return response?.status === 401
}
