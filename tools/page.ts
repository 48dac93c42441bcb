import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { projectId, root, storageBucket } from './paths.ts'
import { host, type Ports } from './ports.ts'

const web = join(root, 'web')

export type Page = { url: string; close: () => Promise<void> }

/** Serves web/ with Vite's development server; undefined if there is no page to serve. */
export async function startPage(
  ports: Ports,
  options: { follow: boolean; cache: string },
): Promise<Page | undefined> {
  if (!existsSync(join(web, 'index.html'))) return undefined
  const { createServer } = await import('vite') // Half a second that nothing else has to wait for.
  const server = await createServer({
    root: web,
    cacheDir: options.cache,
    plugins: [firebaseHosting(ports)],
    logLevel: 'warn',
    clearScreen: false,
    server: {
      host,
      port: ports.page,
      strictPort: true,
      // A test run must not reload a page because somebody edits it.
      ...(options.follow ? {} : { watch: null, hmr: false }),
    },
  })
  await server.listen()
  return { url: `http://${host}:${ports.page}`, close: () => server.close() }
}

/**
 * What Firebase Hosting adds to a page.
 * https://firebase.google.com/docs/hosting/reserved-urls
 *
 * `/__/firebase/init.json` is Hosting's own; `/emulators.json` is what tells the page to use emulators, and is
 * absent in production.
 */
export function firebaseHosting(ports: Ports): Plugin {
  const answers: Record<string, unknown> = {
    '/__/firebase/init.json': {
      projectId,
      appId: '1:000000000000:web:0000000000000000',
      apiKey: 'fake-api-key',
      authDomain: `${projectId}.firebaseapp.com`,
      storageBucket,
    },
    '/emulators.json': {
      auth: `${host}:${ports.auth}`,
      functions: `${host}:${ports.functions}`,
      firestore: `${host}:${ports.firestore}`,
      storage: `${host}:${ports.storage}`,
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
