// `npm start`: runs the emulators, the functions, the local Gemini API and the page until Ctrl-C.
import { startEverything } from './everything.ts'
import { listenForInterruption, unlessStopped } from './interruption.ts'
import { address, portNames, preferredPorts } from './ports.ts'

const startedAt = performance.now()
const interruption = listenForInterruption()
// An empty key selects the local Gemini API, like a missing one.
const geminiApiKey = process.env.GEMINI_API_KEY || undefined

try {
  await using everything = await startEverything({
    preferredPorts,
    geminiApiKey,
    watch: true,
    detector: true,
    sweepEveryMs: 60_000,
    log: (line) => console.log(line),
    onLine: (line) => console.log(line),
    interruption,
  })
  const { ports, pageUrl } = everything
  for (const name of portNames) {
    if (ports[name] === preferredPorts[name] || (name === 'gemini' && geminiApiKey)) continue
    console.log(`Port ${preferredPorts[name]} is in use: ${name} listens on ${ports[name]}.`)
  }
  const table = {
    Page: pageUrl ?? 'none',
    'Gemini API': geminiApiKey
      ? 'the real Gemini API (GEMINI_API_KEY is set)'
      : `http://${address(ports.gemini)} (local)`,
    Auth: `http://${address(ports.auth)}`,
    Functions: `http://${address(ports.functions)}`,
    Firestore: `http://${address(ports.firestore)}`,
    Storage: `http://${address(ports.storage)}`,
    Tasks: `http://${address(ports.tasks)}`,
  }
  console.log()
  for (const [name, url] of Object.entries(table)) console.log(`  ${name.padEnd(12)}${url}`)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(
    `\nReady in ${seconds} s with the ${geminiApiKey ? 'real' : 'local'} Gemini API. Press Ctrl-C to stop.`,
  )

  const code = await unlessStopped(everything.emulators.exited, interruption.stop)
  throw new Error(`The emulators exited unexpectedly with code ${code}`)
} catch (error) {
  if (!interruption.stop.aborted) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
