/** Names each method of a port. */
type MethodsOf<Port> = { [Name in keyof Port]: true }
type AsyncMethod = (...given: never[]) => Promise<unknown>

/**
 * A port whose adapter is loaded with its first call. A failure to load is that of the call, and the next
 * call tries again.
 */
export function lazyPort<Port extends { [Name in keyof Port]: AsyncMethod }>(
  load: () => Promise<Port>,
  methods: MethodsOf<Port>,
): Port & { load: () => Promise<Port> } {
  let port: Promise<Port> | undefined
  const loaded = async (): Promise<Port> => {
    port ??= load().catch((error: unknown) => {
      port = undefined
      throw error
    })
    return port
  }
  const calls = Object.keys(methods).map((name) => {
    const call = async (...given: never[]) => (await loaded())[name as keyof Port](...given)
    return [name, call] as const
  })
  return { ...(Object.fromEntries(calls) as unknown as Port), load: loaded }
}
