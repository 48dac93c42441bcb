import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { State } from './api/call.ts'
import { FileStore } from './api/file-store.ts'
import { StorageObjects } from './api/storage-objects.ts'
import { Uploads } from './api/upload.ts'
import { createApp } from './app.ts'
import { createDetector } from './detector/detector.ts'
import { missingPackages } from './detector/packages.ts'
import { Chaos } from './scripts/chaos.ts'
import { Journal } from './scripts/journal.ts'
import { Scripts } from './scripts/script.ts'
import { cachedAnalyzer } from './vision/analyze.ts'

export type GeminiEmulatorOptions = {
  /** @default 0, any free port */
  port?: number
  /** @default '127.0.0.1' */
  host?: string
  /** The clock for the expiry of files and the retirement of models. @default the system clock */
  now?: () => Date
  /** How long an uploaded file stays PROCESSING, in milliseconds of `now`. @default 0 */
  fileProcessingMs?: number
  /** The Storage emulator (`host:port`) for `gs://bucket/name` images on Vertex AI paths. @default none */
  storageHost?: string | undefined
  /**
   * Whether a small model finds the objects in photographs, if its optional packages are installed.
   * @default false: photographs are regions of colour
   */
  detector?: boolean
}

export type GeminiEmulator = {
  /** For `httpOptions.baseUrl` or `GOOGLE_GEMINI_BASE_URL`. */
  url: string
  host: string
  port: number
  /** Whether the detector is used: it was asked for, its packages are installed, and it has not failed. */
  readonly detector: boolean
  /** The packages for the detector that are not installed, if it was asked for. Photographs are then regions of colour. */
  missingPackages: string[]
  /** Stops listening and closes all connections, including pending ones. */
  close(): Promise<void>
}

/** Starts a local Gemini API. It keeps its state in memory only. */
export async function startGeminiEmulator(options: GeminiEmulatorOptions = {}): Promise<GeminiEmulator> {
  const { port = 0, host = '127.0.0.1', now = () => new Date(), fileProcessingMs = 0 } = options
  const missing = options.detector ? missingPackages() : []
  const detector = options.detector && missing.length === 0 ? createDetector() : undefined
  const files = new FileStore(now, fileProcessingMs)
  const state: State = {
    now,
    files,
    objects: options.storageHost ? new StorageObjects(options.storageHost) : undefined,
    uploads: new Uploads(files),
    scripts: new Scripts(),
    chaos: new Chaos(),
    journal: new Journal(),
    analyzeImage: cachedAnalyzer(detector),
  }
  const server = createServer(createApp(state))
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  const urlHost = address.family === 'IPv6' ? `[${address.address}]` : address.address
  const closed = once(server, 'close')
  return {
    url: `http://${urlHost}:${address.port}`,
    host,
    port: address.port,
    get detector() {
      return detector?.isUsable ?? false
    },
    missingPackages: missing,
    async close() {
      server.close()
      server.closeAllConnections()
      await Promise.all([closed, detector?.close()])
    },
  }
}
