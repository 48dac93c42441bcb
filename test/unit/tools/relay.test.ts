import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { type Relay, startRelay } from '../../../tools/relay/relay.ts'
import { runTrigger } from '../../../tools/relay/run-trigger.ts'
import { startSweeps } from '../../../tools/relay/sweeps.ts'
import { withRelay } from '../../../tools/relay/worker.ts'
import { eventually } from '../../support/eventually.ts'
import { recordFetches } from '../../support/fetch-dispatcher.ts'

type Handler = (event: { id: string }) => Promise<void>

// In place of the Functions emulator: it runs the wrapped functions in this process.
let emulator: Server
let functionsHost: string
let relay: Relay
let lines: string[]
let functions: Record<string, Handler>
let runs: string[]

beforeEach(async () => {
  lines = []
  runs = []
  functions = {}
  emulator = createServer((incoming, response) => {
    answer(incoming).then(
      (text) => response.end(text),
      ({ message }: Error) => response.writeHead(500).end(message),
    )
  })
  emulator.listen(0, '127.0.0.1')
  await once(emulator, 'listening')
  functionsHost = `127.0.0.1:${(emulator.address() as AddressInfo).port}`
  relay = await startRelay({ functionsHost, log: (line) => lines.push(line), firstPauseMs: 5 })
})
async function answer(incoming: IncomingMessage): Promise<string> {
  if (incoming.url === '/backends') {
    const functionTriggers = ['onImageUploaded', 'onSweep'].map((entryPoint) => ({
      entryPoint,
      id: `europe-west1-${entryPoint}`,
    }))
    return JSON.stringify({ backends: [{ functionTriggers }] })
  }
  runs.push(incoming.url ?? '')
  let body = ''
  for await (const chunk of incoming) body += String(chunk)
  const name = /-(\w+)-0$/.exec(incoming.url ?? '')?.[1] ?? ''
  await functions[name]?.(body === '' ? { id: '' } : JSON.parse(body))
  return ''
}

afterEach(() => {
  relay.close()
  emulator.close()
  emulator.closeAllConnections()
})

/** Wraps a handler of events as in the Functions emulator. */
function onImageUploaded(handler: Handler): Handler {
  const exported = Object.assign(handler, { __endpoint: { eventTrigger: {} }, run: handler })
  const wrapped = withRelay({ onImageUploaded: exported }, relay.url) as { onImageUploaded: typeof exported }
  expect(wrapped.onImageUploaded).toHaveProperty('run', handler)
  functions.onImageUploaded = wrapped.onImageUploaded
  return wrapped.onImageUploaded
}

test('a failed event is redelivered until it succeeds, and the handler throws nothing', async () => {
  const delivered: unknown[] = []
  const deliver = onImageUploaded(async (event) => {
    delivered.push(event)
    if (delivered.length <= 2) throw Object.assign(new Error('no answer'), { name: 'VisionError' })
  })
  const event = { id: 'e1', data: { name: 'users/alice/uploads/a.jpg' } }
  await deliver(event)
  await eventually(() => expect(delivered).toEqual([event, event, event]))
  expect(runs[0]).toBe('/functions/projects/demo-firesight/triggers/europe-west1-onImageUploaded-0')
  expect(lines).toEqual([
    'Relay: onImageUploaded failed for users/alice/uploads/a.jpg: no answer. Redelivery 1 in 0.005 s.',
    'Relay: onImageUploaded failed for users/alice/uploads/a.jpg: no answer. Redelivery 2 in 0.01 s.',
  ])
})

test('an event is redelivered if the process of its function was killed', async () => {
  const delivered: string[] = []
  onImageUploaded(async ({ id }) => void delivered.push(id))
  // A delivery whose process ends before its result.
  const report = request(`${relay.url}/onImageUploaded`, { method: 'POST' })
  report.on('error', () => {})
  report.write('{"id":"e2"}\n', () => setTimeout(() => report.destroy(), 20))
  await eventually(() => expect(delivered).toEqual(['e2']))
  expect(lines).toEqual([
    'Relay: onImageUploaded failed for event e2: its process ended. Redelivery 1 in 0.005 s.',
  ])
})

test('an event is redelivered if its function could not start', async () => {
  const delivered: string[] = []
  const deliver = onImageUploaded(async ({ id }) => {
    delivered.push(id)
    if (delivered.length === 1) throw Object.assign(new Error('no answer'), { name: 'VisionError' })
  })
  const start = functions.onImageUploaded!
  functions.onImageUploaded = async () => {
    functions.onImageUploaded = start
    emulator.closeAllConnections()
  }
  await deliver({ id: 'e3' })
  await eventually(() => expect(delivered).toEqual(['e3', 'e3']))
  expect(lines).toHaveLength(2)
})

test('an event is not redelivered if only the connection to its function breaks', async () => {
  const delivered: string[] = []
  const deliver = onImageUploaded(async ({ id }) => {
    delivered.push(id)
    if (delivered.length === 1) throw Object.assign(new Error('no answer'), { name: 'VisionError' })
    await sleep(20) // The relay knows by then that the delivery has begun.
    emulator.closeAllConnections()
    await sleep(20)
  })
  await deliver({ id: 'e5' })
  await eventually(() => expect(delivered).toHaveLength(2))
  await sleep(50)
  expect(delivered).toEqual(['e5', 'e5'])
  expect(lines).toHaveLength(1)
})

test('failures of an event that come while its redelivery waits are one failure', async () => {
  const delivered: string[] = []
  const deliver = onImageUploaded(async ({ id }) => {
    delivered.push(id)
    if (delivered.length <= 2) throw Object.assign(new Error('no answer'), { name: 'VisionError' })
  })
  await Promise.all([deliver({ id: 'e6' }), deliver({ id: 'e6' })])
  await eventually(() => expect(delivered).toHaveLength(3))
  await sleep(50)
  expect(delivered).toHaveLength(3)
  expect(lines).toHaveLength(1)
})

test('the pauses of an event start again after a success', async () => {
  let isBusy = true
  const delivered: string[] = []
  const deliver = onImageUploaded(async ({ id }) => {
    delivered.push(id)
    isBusy = !isBusy
    if (!isBusy) throw Object.assign(new Error('no answer'), { name: 'VisionError' })
  })
  await deliver({ id: 'e7' })
  await eventually(() => expect(delivered).toHaveLength(2))
  await sleep(20)
  await deliver({ id: 'e7' })
  await eventually(() => expect(delivered).toHaveLength(4))
  expect(lines.map((line) => /Redelivery.*/.exec(line)?.[0])).toEqual([
    'Redelivery 1 in 0.005 s.',
    'Redelivery 1 in 0.005 s.',
  ])
})

test('runTrigger() has no time limit: it does not use fetch() for the function', async () => {
  const { options, stop } = recordFetches()
  onTestFinished(stop)
  await runTrigger(functionsHost, 'onSweep', '', new AbortController().signal)
  expect(runs).toHaveLength(1)
  expect(options.filter(({ method }) => method === 'POST')).toEqual([])
})

test('runTrigger() throws what a function that failed returned', async () => {
  functions.onSweep = async () => Promise.reject(new Error('no database'))
  const run = runTrigger(functionsHost, 'onSweep', '', new AbortController().signal)
  await expect(run).rejects.toThrow('onSweep returned 500 no database')
})

test('the handler throws its error if the relay has ended', async () => {
  relay.close()
  const deliver = onImageUploaded(async () => {
    throw Object.assign(new Error('no answer'), { name: 'VisionError' })
  })
  await expect(deliver({ id: 'e4' })).rejects.toThrow('no answer')
})

test('withRelay() shortens the retries of task queues and leaves other functions alone', () => {
  const taskQueueTrigger = { retryConfig: { maxAttempts: 5, minBackoffSeconds: 60 } }
  const queue = Object.assign(() => {}, { __endpoint: { taskQueueTrigger } })
  expect(withRelay({ queue }, relay.url).queue).toBe(queue)
  const retryConfig = { maxAttempts: 5, minBackoffSeconds: 1, maxBackoffSeconds: 15 }
  expect(taskQueueTrigger).toEqual({ retryConfig })
})

test('startSweeps() runs the sweep again and again, until it is stopped', async () => {
  const stop = startSweeps({ functionsHost, everyMs: 5, log: (line) => lines.push(line) })
  await eventually(() => expect(runs.length).toBeGreaterThan(2))
  stop()
  const count = runs.length
  await sleep(40)
  expect(runs).toHaveLength(count)
  expect(new Set(runs)).toEqual(
    new Set(['/functions/projects/demo-firesight/triggers/europe-west1-onSweep-0']),
  )
  emulator.closeAllConnections()
  expect(lines).toEqual([])
})

test('withRelay() keeps functions that the parameters turn off', () => {
  expect(withRelay({ onAnnotationWritten: undefined }, relay.url)).toEqual({ onAnnotationWritten: undefined })
})
