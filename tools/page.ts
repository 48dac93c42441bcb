import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { projectId, root, storageBucket } from './paths.ts'
import { address, host, type Ports } from './ports.ts'

const web = join(root, 'web')

export type Page = { url: string; close: () => Promise<void> }

/** Serves web/ with Vite's development server; undefined if there is no page to serve. */
export async function startPage(
  ports: Ports,
  options: { follow: boolean; cache: string; geminiHost: string | undefined },
): Promise<Page | undefined> {
  if (!existsSync(join(web, 'index.html'))) return undefined
  const vite = await import('vite') // Half a second that nothing else has to wait for.
  // A server of ours, because Vite's own ends the process on SIGTERM and when stdin ends.
  const server = createServer()
  const development = await vite.createServer({
    root: web,
    cacheDir: options.cache,
    plugins: [firebaseHosting(ports, options.geminiHost)],
    logLevel: 'warn',
    clearScreen: false,
    server: {
      middlewareMode: true,
      // Else its WebSocket would be on a port that all runs share, follow or not.
      ws: { server },
      // A test run must not reload a page because somebody edits it.
      ...(!options.follow && { hmr: false, watch: null }),
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
      server.closeAllConnections() // Browsers keep theirs open.
      server.close()
    },
  }
}

/**
 * What Firebase Hosting adds to a page.
 * https://firebase.google.com/docs/hosting/reserved-urls
 *
 * `/__/firebase/init.json` is Hosting's own; `/emulators.json` is what tells the page to use emulators, and is
 * absent in production.
 */
export function firebaseHosting(ports: Ports, geminiHost: string | undefined): Plugin {
  const answers: Record<string, unknown> = {
    '/__/firebase/init.json': {
      projectId,
      appId: '1:000000000000:web:0000000000000000',
      apiKey: 'fake-api-key',
      authDomain: `${projectId}.firebaseapp.com`,
      storageBucket,
    },
    '/emulators.json': {
      auth: address(ports.auth),
      functions: address(ports.functions),
      firestore: address(ports.firestore),
      storage: address(ports.storage),
      gemini: geminiHost, // Absent with the real Gemini.
    },
  }
  return {
    name: 'firebase-hosting',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = new URL(request.url ?? '/', 'http://page').pathname
        if (!Object.hasOwn(answers, path)) return next()
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(answers[path]))
      })
    },
  }
}
