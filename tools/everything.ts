import { appendFileSync, copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Emulators, lastLines, startEmulators } from './emulators.ts'
import { addresses, type Environment, emulatorsEnvironment } from './environment.ts'
import { stageFunctions } from './functions-source.ts'
import type { Interruption } from './interruption.ts'
import { findJars } from './jars.ts'
import { findJava } from './java.ts'
import { killEmulatorsOf, removeLeftovers } from './leftovers.ts'
import { pageSettingsOf, startPage } from './page.ts'
import { cache } from './paths.ts'
import { address, canListen, choosePorts, host, type Ports } from './ports.ts'
import { startRelay } from './relay/relay.ts'
import { startSweeps } from './relay/sweeps.ts'
import { makeRunFolder, portsOfRuns, type Replacements } from './run-folder.ts'

export type Options = {
  /** The ports to use if they are free. Without them, any free ports. */
  preferredPorts?: Ports
  /** Uses the real Gemini API, with this key, instead of the local one. */
  geminiApiKey?: string | undefined
  /**
   * Whether the local Gemini API finds objects in photos with a small model, if its packages are installed, and
   * the outlines of masks are finer than in production.
   */
  detector?: boolean
  /** Whether the page reloads when its source changes. */
  watch?: boolean
  /** Parameters of the functions, in addition to functions/.env.demo-firesight. */
  parameters?: Readonly<Record<string, string>>
  /** Rules or indexes that replace those of the project. */
  replaced?: Replacements
  /** Settings of the page (web/.env.example, without `VITE_`), in addition to those of the functions. */
  pageSettings?: Readonly<Record<string, string>>
  /** How often the scheduled sweep runs, in milliseconds. Default: never. */
  sweepEveryMs?: number
  /** Receives progress messages. */
  log: (line: string) => void
  /** Receives the output of the emulators and the functions. */
  onLine: (line: string) => void
  interruption: Interruption
}

export type Everything = AsyncDisposable & {
  ports: Ports
  /** The environment variables with all addresses, for commands. */
  environment: Environment
  pageUrl: string | undefined
  emulators: Emulators
}

/** The emulator output of the last run. */
export const keptLog = join(cache, 'emulators.log')

/**
 * Starts the emulators, the functions, the local Gemini API and the page. Disposing the result stops them.
 */
export async function startEverything(options: Options): Promise<Everything> {
  const { log, interruption, geminiApiKey } = options
  removeLeftovers()
  const javaFolder = findJava()
  const jarsFolder = await findJars(javaFolder, log)
  interruption.stop.throwIfAborted()
  const usedPorts = portsOfRuns()
  const ports = await choosePorts(
    options.preferredPorts ?? {},
    async (port) => !usedPorts.has(port) && (await canListen(port)),
  )

  await using cleanup = new AsyncDisposableStack()
  const folder = makeRunFolder(ports, options.replaced)
  cleanup.defer(() => folder.remove())
  process.once('exit', () => {
    // Cleans up also after an uncaught error.
    if (existsSync(folder.path)) killEmulatorsOf(folder.path)
    folder.remove()
  })
  cleanup.defer(() => {
    if (existsSync(folder.log)) copyFileSync(folder.log, keptLog)
  })
  const relayLog = (line: string) => {
    appendFileSync(folder.log, `${line}\n`)
    options.onLine(line)
  }
  const functionsHost = address(ports.functions)
  const relay = await startRelay({ functionsHost, log: relayLog })
  cleanup.defer(relay.close)
  const parameters = await stageFunctions(folder.functions, {
    geminiApiKey,
    relayUrl: relay.url,
    // Tests, which have no detector, run the defaults of production.
    fineOutlines: options.detector ?? false,
    ...(options.parameters && { parameters: options.parameters }),
  })

  let geminiHost: string | undefined
  let usesDetector = () => false
  if (geminiApiKey === undefined) {
    const { startGeminiEmulator } = await import('@firesight/gemini-emulator')
    const gemini = await startGeminiEmulator({
      host,
      port: ports.gemini,
      storageHost: address(ports.storage),
      detector: options.detector ?? false,
    })
    usesDetector = () => gemini.detector
    if (gemini.missingPackages.length > 0) log(withoutDetector(gemini.missingPackages))
    cleanup.defer(() => gemini.close())
    geminiHost = address(ports.gemini)
  }

  log('Starting the emulators...')
  const environment = emulatorsEnvironment({
    javaFolder,
    jarsFolder,
    temporaryFolder: folder.temporary,
    geminiHost,
  })
  const [emulators, page] = await Promise.allSettled([
    startEmulators({ folder, ports, environment, onLine: options.onLine, interruption }),
    startPage(ports, {
      watch: options.watch ?? false,
      cache: join(folder.path, 'vite'),
      geminiHost,
      usesDetector,
      settings: { ...pageSettingsOf(parameters), ...options.pageSettings },
    }),
  ])
  if (page.status === 'fulfilled' && page.value) cleanup.defer(page.value.close)
  if (emulators.status === 'rejected') {
    if (interruption.stop.aborted) throw emulators.reason
    const reason: Error = emulators.reason
    throw new Error(`${reason.message}:\n${lastLines(folder)}`)
  }
  cleanup.defer(emulators.value.stop)
  cleanup.defer(relay.close) // First: while the emulators stop, nothing is redelivered.
  const { sweepEveryMs: everyMs } = options
  if (everyMs !== undefined) cleanup.defer(startSweeps({ functionsHost, everyMs, log: relayLog }))
  if (page.status === 'rejected') throw page.reason
  if (!page.value) log('web/index.html does not exist: continuing without the page.')

  const everything = cleanup.move()
  return {
    ports,
    environment: addresses(ports, geminiHost, page.value?.url),
    pageUrl: page.value?.url,
    emulators: emulators.value,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

/** The message about packages of the detector that are not installed. `npm start` does not install them later. */
export function withoutDetector(missing: readonly string[]): string {
  return (
    `Not installed: ${missing.join(', ')}. Without these optional packages, the local Gemini API names colours and ` +
    'shapes in your own photos, not objects. To install them, stop with Ctrl-C and run npm ci.'
  )
}
