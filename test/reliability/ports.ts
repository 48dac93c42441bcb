import type { Worker } from './worker.ts'

/** A call that has had its effect. `startedAt` in real time. */
export type Call = { name: string; args: unknown[]; result: unknown; startedAt: number }

type Method = (...args: unknown[]) => Promise<unknown>

/**
 * A port as a worker has it: before and after each call stands a fault point.
 * @param observe hears of each call that has had its effect, also when its worker is dead by then
 */
export function watched<T extends object>(
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
        const { pass, tell } = bound(worker())
        const call = `${name}.${String(key)}`
        await pass(`before ${call}`)
        let result: unknown
        const startedAt = performance.now()
        try {
          result = await (method as Method).apply(target, args)
        } catch (error) {
          tell(`${call} throws ${String(error)}`)
          await pass(`after ${call}`)
          throw error
        }
        observe({ name: call, args, result, startedAt })
        await pass(`after ${call}`)
        return result
      }
    },
  })
}

function bound(worker: Worker) {
  return { pass: worker.pass.bind(worker), tell: worker.tell.bind(worker) }
}
