// Runs in the processes of the Functions emulator, with the functions of the bundle.
import { request } from 'node:http'

type Functions = Record<string, unknown>
type EventHandler = (event: unknown) => Promise<unknown>
type Endpoint = {
  eventTrigger?: unknown
  taskQueueTrigger?: { retryConfig?: Record<string, unknown> }
}

/** Instead of the minutes between the attempts of a task. */
const QUEUE_BACKOFF = { minBackoffSeconds: 1, maxBackoffSeconds: 15 }

/**
 * Returns the functions with handlers of events that report each delivery to the relay and never throw. An
 * error would end the whole process: the Functions emulator (firebase-tools 15.34) logs it as fatal, and
 * kills the process, while it sends the next photo there. Retries of task queues come sooner.
 */
export function withRelay(functions: Functions, relayUrl: string): Functions {
  return Object.fromEntries(
    Object.entries(functions).map(([name, exported]) => {
      // Functions that the parameters turn off are undefined.
      const { __endpoint: endpoint } = (exported ?? {}) as { __endpoint?: Endpoint }
      if (endpoint?.taskQueueTrigger) {
        const { retryConfig } = endpoint.taskQueueTrigger
        endpoint.taskQueueTrigger.retryConfig = { ...retryConfig, ...QUEUE_BACKOFF }
      }
      if (!endpoint?.eventTrigger) return [name, exported]
      const handler = exported as EventHandler
      // A proxy, since the Functions emulator reads other properties of the function.
      const apply = async (_: unknown, __: unknown, [event]: [unknown]) =>
        deliver(`${relayUrl}/${name}`, event, handler)
      return [name, new Proxy(handler, { apply })]
    }),
  )
}

/** @throws the error of the handler, if the relay cannot be reached */
async function deliver(url: string, event: unknown, handler: EventHandler): Promise<void> {
  const report = openReport(url, event)
  try {
    await handler(event)
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    // The functions log the expected failures.
    if (name !== 'VisionError') console.error(error)
    if (!(await report.end({ failure: message }))) throw error
    return
  }
  await report.end({})
}

/**
 * Starts a request to the relay that stays open until the handler has ended. If this process is killed
 * before, the relay sees a broken connection.
 */
function openReport(url: string, event: unknown) {
  // `agent: false`: a kept connection may break when it is used again.
  const report = request(url, { method: 'POST', agent: false })
  const isAccepted = new Promise<boolean>((resolve) => {
    report.on('response', (response) => {
      response.resume()
      resolve(response.statusCode === 204)
    })
    report.on('error', () => resolve(false))
  })
  report.write(`${JSON.stringify(event)}\n`)
  return {
    async end(result: { failure?: string }): Promise<boolean> {
      report.end(JSON.stringify(result))
      return isAccepted
    },
  }
}
