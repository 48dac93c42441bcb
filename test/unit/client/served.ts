import { deleteApp, type FirebaseApp, initializeApp } from 'firebase/app'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import {
  createFiresight,
  type Firesight,
  type FiresightError,
  type FiresightOptions,
} from '../../../client/src/index.ts'
import type { Handler } from '../../support/callable-server.ts'

// The logger of firebase-functions captures the console on import, and logs each call.
for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const)
  vi.spyOn(console, method).mockImplementation(() => {})
const { failure, serveCallables } = await import('../../support/callable-server.ts')

export { failure }

const signedOut = { authStateReady: async () => {}, currentUser: null }

let app: FirebaseApp
let server: Awaited<ReturnType<typeof serveCallables>> | undefined
beforeEach(() => {
  app = initializeApp({ projectId: 'demo-firesight', apiKey: 'fake', storageBucket: 'b' }, 'calls')
})
afterEach(async () => {
  await Promise.all([deleteApp(app), stopServing()])
})

/** A client whose functions are served by the handlers. */
export async function firesightWith(
  handlers: Record<string, Handler>,
  options: Partial<FiresightOptions> = {},
): Promise<Firesight> {
  server = await serveCallables(handlers)
  return createFiresight({ app, auth: signedOut, emulators: { functions: server.address }, ...options })
}

/** Stops the server: later calls get no response. */
export async function stopServing(): Promise<void> {
  const running = server
  server = undefined
  await running?.close()
}

/** The error that a call rejects with. */
export async function errorOf(call: PromiseLike<unknown>): Promise<FiresightError> {
  return Promise.resolve(call).then(
    () => expect.unreachable('the call succeeded'),
    (error: FiresightError) => error,
  )
}
