import type { FaultReport } from '@firesight/gemini-emulator'

/** The faults of a local Gemini API. */
export function faultsOf(url: string) {
  const call = async (method: string, body?: object) => {
    const init = { method, ...(body && { body: JSON.stringify(body) }) }
    const response = await fetch(`${url}/emulator/v1/faults`, init)
    if (!response.ok) throw new Error(await response.text())
    return response.json()
  }
  return {
    begin: async (seed: number, rate: number) => call('POST', { seed, rate }),
    end: async () => call('DELETE'),
    report: async () => (await call('GET')) as FaultReport,
  }
}
