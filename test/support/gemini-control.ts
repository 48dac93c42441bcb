import type { JournalEntry, Script } from '@firesight/gemini-emulator'
import { emulator } from './app.ts'
import { OWN_SHAPES } from './own-shapes.ts'

const OWN_SIZE = { width: OWN_SHAPES.width, height: OWN_SHAPES.height }

async function call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const url = `${emulator('GEMINI_EMULATOR_HOST').url}/emulator/v1/${path}`
  const response = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}

let scriptIds: string[] = []
let lastIdBeforeReset: string | undefined

/**
 * Scripts and journal of the local Gemini API, which all test files share: only for requests about pictures
 * of OWN_SHAPES' size, unless a test names another size.
 */
export const gemini = {
  async script(script: Script): Promise<void> {
    const match = { imageSize: OWN_SIZE, ...script.match }
    const { id } = await call<{ id: string }>('POST', 'scripts', { ...script, match })
    scriptIds.push(id)
  },
  /** Deletes the scripts of this file, and starts its journal anew. */
  async reset(): Promise<void> {
    const ids = scriptIds
    scriptIds = []
    await Promise.all(ids.map(async (id) => call('DELETE', `scripts/${id}`)))
    lastIdBeforeReset = (await call<Journal>('GET', 'requests')).requests.at(-1)?.id
  },
  /** All requests since the last reset(), those of other test files included. */
  async allRequests(): Promise<JournalEntry[]> {
    const { requests } = await call<Journal>('GET', 'requests')
    return requests.slice(requests.findIndex(({ id }) => id === lastIdBeforeReset) + 1)
  },
  /** Requests since the last reset() about a picture of this size. */
  async requests({ width, height } = OWN_SIZE): Promise<JournalEntry[]> {
    const requests = await gemini.allRequests()
    return requests.filter(({ images = [] }) =>
      images.some((image) => image.width === width && image.height === height),
    )
  },
}

type Journal = { requests: JournalEntry[] }
