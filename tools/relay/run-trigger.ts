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
  const run = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: event,
    signal,
  })
  const text = await run.text()
  if (!run.ok) throw new Error(`${functionName} returned ${run.status} ${text}`.trim())
}
