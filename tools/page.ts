import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { SHARED_SETTINGS } from '../web/src/settings.ts'
import { developmentHeaders } from './page-headers.ts'
import { projectId, root, storageBucket } from './paths.ts'
import { address, host, type Ports } from './ports.ts'

const web = join(root, 'web')

export type Page = { url: string; close: () => Promise<void> }

/** The settings of the page that are parameters of the functions. */
export function pageSettingsOf(parameters: NodeJS.Dict<string>): NodeJS.Dict<string> {
  return Object.fromEntries(SHARED_SETTINGS.map((name) => [name, parameters[name]]))
}

/** Serves web/ with Vite's development server; undefined if web/index.html does not exist. */
export async function startPage(
  ports: Ports,
  options: {
    watch: boolean
    cache: string
    geminiHost: string | undefined
    /** Whether the local Gemini API uses the detector, which can fail later. */
    usesDetector?: () => boolean
    settings: NodeJS.Dict<string>
  },
): Promise<Page | undefined> {
  if (!existsSync(join(web, 'index.html'))) return undefined
  const vite = await import('vite') // Loading Vite takes half a second.
  // Not Vite's own server: it exits the process on SIGTERM and when stdin ends.
  const server = createServer()
  const development = await vite.createServer({
    root: web,
    cacheDir: options.cache,
    plugins: [firebaseHosting(ports, options)],
    define: Object.fromEntries(
      Object.entries(options.settings)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [`import.meta.env.VITE_${name}`, JSON.stringify(value)]),
    ),
    logLevel: 'warn',
    clearScreen: false,
    server: {
      middlewareMode: true,
      // Otherwise Vite opens its WebSocket on a fixed port, which parallel runs would share.
      ws: { server },
      // Edits must not reload pages during a test run.
      ...(!options.watch && { hmr: false, watch: null }),
    },
  })
  server.on('request', development.middlewares)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(ports.page, host, resolve)
  })
  return {
    url: `http://${address(ports.page)}`,
    close: async () => {
      await development.close()
      server.closeAllConnections() // Browsers keep connections open.
      server.close()
    },
  }
}

/**
 * Serves `/__/firebase/init.json` like Firebase Hosting
 * (https://firebase.google.com/docs/hosting/reserved-urls), and `/emulators.json` with the emulator
 * addresses, which does not exist in production.
 */
function firebaseHosting(
  ports: Ports,
  { geminiHost, usesDetector }: { geminiHost: string | undefined; usesDetector?: () => boolean },
): Plugin {
  const files: Record<string, () => unknown> = {
    '/__/firebase/init.json': () => ({
      projectId,
      appId: '1:000000000000:web:0000000000000000',
      apiKey: 'fake-api-key',
      authDomain: `${projectId}.firebaseapp.com`,
      storageBucket,
    }),
    '/emulators.json': () => ({
      auth: address(ports.auth),
      functions: address(ports.functions),
      firestore: address(ports.firestore),
      storage: address(ports.storage),
      gemini: geminiHost, // Undefined with the real Gemini API.
      geminiDetector: usesDetector?.() || undefined,
    }),
  }
  return {
    name: 'firebase-hosting',
    configureServer(server) {
      const headers = Object.entries(developmentHeaders())
      server.middlewares.use((request, response, next) => {
        for (const [name, value] of headers) response.setHeader(name, value)
        const path = new URL(request.url ?? '/', 'http://page').pathname
        const file = Object.hasOwn(files, path) ? files[path] : undefined
        if (!file) return next()
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(file()))
      })
    },
  }
}
