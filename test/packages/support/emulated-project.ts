import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type GeminiEmulator, startGeminiEmulator } from '@firesight/gemini-emulator'
import { lastLines, startEmulators } from '../../../tools/emulators.ts'
import { emulatorsEnvironment } from '../../../tools/environment.ts'
import { findJars } from '../../../tools/jars.ts'
import { findJava } from '../../../tools/java.ts'
import { cache } from '../../../tools/paths.ts'
import { address, canListen, choosePorts, type Ports } from '../../../tools/ports.ts'
import { portsOfRuns, runConfig } from '../../../tools/run-folder.ts'
import type { ForeignProject } from './foreign-project.ts'
import { nodeProgram } from './node-versions.ts'

/** The output of the emulators and the functions of the last project. */
const keptLog = join(cache, 'packages.log')

export type EmulatedProject = AsyncDisposable & {
  ports: Ports
  gemini: GeminiEmulator
  /** The functions with their regions, for example `europe-west1/kit-firesight-sweepNow`. */
  functions: () => Promise<string[]>
}

/**
 * Starts the emulators in a project's own folder, with its own Node and a local Gemini API. A failure while
 * they start is reported with the end of their log.
 */
export async function startProject(project: ForeignProject): Promise<EmulatedProject> {
  await using cleanup = new AsyncDisposableStack()
  const javaFolder = findJava()
  const jarsFolder = await findJars(javaFolder, console.log)
  const usedPorts = portsOfRuns()
  const ports = await choosePorts({}, async (port) => !usedPorts.has(port) && (await canListen(port)))
  const gemini = await startGeminiEmulator({ storageHost: address(ports.storage) })
  cleanup.defer(() => gemini.close())

  const { path } = project
  const temporary = join(path, '.tmp')
  mkdirSync(temporary, { recursive: true })
  const config = join(path, 'firebase.emulators.json')
  project.write('firebase.emulators.json', runConfig(JSON.parse(project.read('firebase.json')), ports))
  const log = join(path, 'emulators.log')
  const folder = { path, config, functions: join(path, 'functions'), temporary, log, remove: () => {} }
  const program = nodeProgram(project.node)
  const neverInterrupted = new AbortController().signal
  const emulators = await startEmulators({
    folder,
    ports,
    node: program,
    environment: {
      ...project.environment,
      ...emulatorsEnvironment({
        node: program,
        javaFolder,
        jarsFolder,
        temporaryFolder: temporary,
        geminiHost: address(gemini.port),
      }),
    },
    onLine: () => {},
    interruption: { stop: neverInterrupted, force: neverInterrupted, exitCode: () => 1 },
  }).catch((error: unknown) => {
    throw new Error(`The emulators of ${path} did not start:\n${lastLines(folder)}`, { cause: error })
  })
  cleanup.defer(emulators.stop)
  cleanup.defer(() => copyFileSync(log, keptLog))
  const started = cleanup.move()
  return {
    ports,
    gemini,
    async functions() {
      const response = await fetch(`http://${address(ports.functions)}/backends`)
      const { backends } = (await response.json()) as {
        backends: { functionTriggers: { region: string; name: string }[] }[]
      }
      return backends
        .flatMap(({ functionTriggers }) => functionTriggers.map(({ region, name }) => `${region}/${name}`))
        .toSorted()
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}
