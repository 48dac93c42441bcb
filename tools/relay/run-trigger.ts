import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { projectId } from '../paths.ts'

type Backends = { backends: { functionTriggers: { id: string; entryPoint: string }[] }[] }

/**
 * Runs a function of the Functions emulator that is no callable, and waits for its end.
 * @param event a CloudEvent as JSON, or '' for a scheduled function
 * @throws Error if the function does not run or fails, or the reason of `signal`
 */
export async function runTrigger(
  functionsHost: string,
  functionName: string,
  event: string,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(`http://${functionsHost}/backends`, { signal })
  const { backends }: Backends = JSON.parse(await response.text())
  const found = backends
    .flatMap(({ functionTriggers }) => functionTriggers)
    .find(({ entryPoint }) => entryPoint === functionName)
  if (!found) throw new Error(`The Functions emulator has no function ${functionName}`)
  // `-0`: the emulator counts how often it has loaded all triggers anew on request.
  const url = `http://${functionsHost}/functions/projects/${projectId}/triggers/${found.id}-0`
  // No `fetch`: it waits at most 300 s for the end of a function, and a sweep may take longer.
  const run = request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json', 'content-length': Buffer.byteLength(event) },
    agent: false,
    signal,
  })
  run.end(event)
  const [answer] = (await once(run, 'response')) as [IncomingMessage]
  const message = await text(answer)
  if (answer.statusCode !== 200 && answer.statusCode !== 204) {
    throw new Error(`${functionName} returned ${answer.statusCode} ${message}`.trim())
  }
}
