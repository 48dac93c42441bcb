import { readdirSync, readFileSync } from 'node:fs'

/** Peak resident memory of each process that runs our functions in the emulator, from Linux' /proc. */
export function functionsPeakMegabytes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('functionsEmulatorRuntime')) return []
        // Another test run on this machine has workers with another local Gemini API.
        const ours = `GEMINI_EMULATOR_HOST=${process.env.GEMINI_EMULATOR_HOST}\0`
        if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(ours)) return []
        const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
        return kilobytes ? [Number(kilobytes) / 1000] : []
      } catch (error) {
        // The process has ended.
        if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
          return []
        throw error
      }
    })
}
