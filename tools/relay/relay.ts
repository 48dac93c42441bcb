import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { host } from '../ports.ts'
import { runTrigger } from './run-trigger.ts'

export type RelayOptions = {
  /** The Functions emulator, `host:port`. */
  functionsHost: string
  /** Receives one line for each redelivery. */
  log: (line: string) => void
  /** Before the first redelivery. Each pause is twice as long as the one before. Default: 1000. */
  firstPauseMs?: number
}

export type Relay = {
  /** Where the functions report their deliveries: `tools/relay/worker.ts`. */
  url: string
  /** Ends all redeliveries. May be called again. */
  close: () => void
}

/** A delivery of an event to a function. */
type Delivery = { functionName: string; event: string; id: string; subject: string }

type Redelivery = { state: 'waiting' | 'sent' | 'begun' }

/** Eventarc waits 10 s to 10 minutes. https://firebase.google.com/docs/functions/retries, 2026-11 */
const LONGEST_PAUSE_MS = 15_000

/**
 * Redelivers failed events of the Functions emulator until they succeed, as Eventarc does in production, with
 * shorter pauses.
 */
export async function startRelay({ functionsHost, log, firstPauseMs = 1000 }: RelayOptions): Promise<Relay> {
  const stop = new AbortController()
  /** Failed deliveries of each event that has not succeeded yet. */
  const failures = new Map<string, number>()
  /** At most one of each event that has not begun. */
  const redeliveries = new Map<string, Redelivery>()

  /** Reads the report of a delivery: a line with the event, and at the end a line with the result. */
  async function receive(request: IncomingMessage): Promise<void> {
    let report = ''
    let delivery: Delivery | undefined
    try {
      for await (const chunk of request.setEncoding('utf8')) {
        report += chunk
        if (delivery || !report.includes('\n')) continue
        delivery = deliveryOf(request, report)
        const redelivery = redeliveries.get(delivery.id)
        if (redelivery?.state === 'sent') redelivery.state = 'begun'
      }
    } catch (error) {
      if (!delivery) throw error
      void redeliver(delivery, 'its process ended')
      return
    }
    if (!delivery) throw new Error(`Cannot read the report of a delivery: ${report}`)
    const { failure }: { failure?: string } = JSON.parse(report.slice(report.indexOf('\n')))
    if (failure === undefined) failures.delete(delivery.id)
    else void redeliver(delivery, failure)
  }

  async function redeliver(delivery: Delivery, reason: string): Promise<void> {
    const { id, functionName, event, subject } = delivery
    const pending = redeliveries.get(id)
    if (pending && pending.state !== 'begun') return
    const redelivery: Redelivery = { state: 'waiting' }
    redeliveries.set(id, redelivery)
    const count = (failures.get(id) ?? 0) + 1
    failures.set(id, count)
    const pauseMs = Math.min(firstPauseMs * 2 ** (count - 1), LONGEST_PAUSE_MS)
    const seconds = pauseMs / 1000
    if (stop.signal.aborted) return
    log(`Relay: ${functionName} failed for ${subject}: ${reason}. Redelivery ${count} in ${seconds} s.`)
    try {
      await sleep(pauseMs, undefined, { signal: stop.signal })
      redelivery.state = 'sent'
      await runTrigger(functionsHost, functionName, event, stop.signal)
    } catch (error) {
      // A delivery that has begun reports its end itself.
      if (!stop.signal.aborted && redelivery.state !== 'begun') {
        redeliveries.delete(id)
        void redeliver(delivery, String(error))
      }
    } finally {
      if (redeliveries.get(id) === redelivery) redeliveries.delete(id)
    }
  }

  const server = createServer((request, response) => {
    receive(request).then(
      () => response.writeHead(204).end(),
      (error: unknown) => response.writeHead(400).end(String(error)),
    )
  })
  server.requestTimeout = 0 // A report takes as long as its delivery.
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${host}:${port}`,
    close() {
      stop.abort()
      server.close()
      server.closeAllConnections()
    },
  }
}

function deliveryOf({ url = '' }: IncomingMessage, report: string): Delivery {
  const functionName = url.slice(1)
  const event = report.slice(0, report.indexOf('\n'))
  const { id, data }: { id?: string; data?: { name?: string } } = JSON.parse(event)
  return { functionName, event, id: `${functionName} ${id}`, subject: data?.name ?? `event ${id}` }
}
