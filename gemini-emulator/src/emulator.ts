import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { State } from './api/call.ts'
import { FileStore } from './api/file-store.ts'
import { StorageObjects } from './api/storage-objects.ts'
import { Uploads } from './api/upload.ts'
import { createApp } from './app.ts'
import { Chaos } from './scripts/chaos.ts'
import { Journal } from './scripts/journal.ts'
import { Scripts } from './scripts/script.ts'
import { rememberLooks } from './vision/remember.ts'

export type GeminiEmulatorOptions = {
  /** @default 0, any free port */
  port?: number
  /** @default '127.0.0.1' */
  host?: string
  /** Decides when files expire and models retire. @default the system's clock */
  now?: () => Date
  /** How long, by `now`, an uploaded file stays PROCESSING, in milliseconds. @default 0 */
  fileProcessingMs?: number
  /** A Storage emulator, `host:port`: requests on Vertex AI's paths may then name its objects, `gs://bucket/name`. @default none */
  storageHost?: string | undefined
}

export type GeminiEmulator = {
  /** For `httpOptions.baseUrl` or `GOOGLE_GEMINI_BASE_URL`. */
  url: string
  host: string
  port: number
  /** Stops listening and ends every connection, hanging ones too. */
  close(): Promise<void>
}

/** Starts a local Gemini API; what it keeps is in memory and ends with it. */
export async function startGeminiEmulator(options: GeminiEmulatorOptions = {}): Promise<GeminiEmulator> {
  const { port = 0, host = '127.0.0.1', now = () => new Date(), fileProcessingMs = 0 } = options
  const files = new FileStore(now, fileProcessingMs)
  const state: State = {
    now,
    files,
    objects: options.storageHost ? new StorageObjects(options.storageHost) : undefined,
    uploads: new Uploads(files),
    scripts: new Scripts(),
    chaos: new Chaos(),
    journal: new Journal(),
    look: rememberLooks(),
  }
  const server = createServer(createApp(state))
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address
  const closed = once(server, 'close')
  return {
    url: `http://${shown}:${address.port}`,
    host,
    port: address.port,
    async close() {
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
