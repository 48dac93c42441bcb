const GLOBAL_DISPATCHER = Symbol.for('undici.globalDispatcher.1')

type RequestOptions = { method?: string; headersTimeout?: number }
type Dispatcher = { dispatch: (options: RequestOptions, handler: object) => boolean }

/** Replaces the dispatcher of Node's `fetch`. Returns the one before. */
export function replaceDispatcher(dispatcher: Dispatcher | undefined): Dispatcher {
  void new Headers() // Node installs its dispatcher with the first use of its client.
  const global = globalThis as unknown as Record<symbol, Dispatcher | undefined>
  const before = global[GLOBAL_DISPATCHER]!
  global[GLOBAL_DISPATCHER] = dispatcher
  return before
}

/** Records the options of all requests of Node's `fetch`, until `stop` is called. */
export function recordFetches(): { options: RequestOptions[]; stop: () => void } {
  const options: RequestOptions[] = []
  const before = replaceDispatcher({
    dispatch(request, handler) {
      options.push(request)
      return before.dispatch(request, handler)
    },
  })
  return { options, stop: () => void replaceDispatcher(before) }
}
