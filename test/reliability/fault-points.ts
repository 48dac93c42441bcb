import type { Worker } from './worker.ts'

/** A call that took effect. `startedAt` in real time. */
export type Call = { name: string; args: unknown[]; result: unknown; startedAt: number }

type Method = (...args: unknown[]) => Promise<unknown>

/**
 * Adds a fault point before and after each call of a port.
 * @param observe is called for each call that took effect, also if its worker has crashed by then
 */
export function withFaultPoints<T extends object>(
  name: string,
  port: T,
  worker: () => Worker,
  observe: (call: Call) => void,
): T {
  return new Proxy(port, {
    get(target, key) {
      const method = Reflect.get(target, key) as unknown
      if (typeof method !== 'function') return method
      return async (...args: unknown[]) => {
        const current = worker()
        const call = `${name}.${String(key)}`
        await current.pass(`before ${call}`)
        let result: unknown
        const startedAt = performance.now()
        try {
          result = await (method as Method).apply(target, args)
        } catch (error) {
          current.trace(`${call} throws ${String(error)}`)
          await current.pass(`after ${call}`)
          throw error
        }
        observe({ name: call, args, result, startedAt })
        await current.pass(`after ${call}`)
        return result
      }
    },
  })
}
