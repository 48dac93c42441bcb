/** The dispatcher of Node's own `fetch`. https://undici.nodejs.org/#/docs/api/GlobalInstallation, 2026-11 */
const GLOBAL_DISPATCHER = Symbol.for('undici.globalDispatcher.1')

type Dispatcher = { dispatch: (options: object, handler: object) => boolean }

function globalDispatcher(): Dispatcher | undefined {
  return (globalThis as Record<symbol, unknown>)[GLOBAL_DISPATCHER] as Dispatcher | undefined
}

const PATIENT: Dispatcher = {
  dispatch(options, handler) {
    return globalDispatcher()!.dispatch({ ...options, headersTimeout: 0, bodyTimeout: 0 }, handler)
  },
}

/**
 * `fetch` without the limit of 300 s that undici, the client behind Node's `fetch`, has for response headers.
 * A request at the tier `flex` may wait longer. The SDK lifts the limit only if it is given no `fetch`
 * (@google/genai 3.3.0). If a later Node has its dispatcher elsewhere, the limit of 300 s applies.
 */
export const patientFetch: typeof globalThis.fetch = async (input, init) => {
  // Node installs its dispatcher with the first use of its client.
  if (!globalDispatcher()) void new Headers()
  return fetch(input, globalDispatcher() ? ({ ...init, dispatcher: PATIENT } as RequestInit) : init)
}
