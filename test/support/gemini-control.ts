import { emulator } from './app.ts'

/** What was asked of the local Gemini API. */
export type JournalEntry = {
  method: string
  model?: string
  config?: Record<string, unknown>
  texts?: string[]
  images?: {
    mimeType: string
    bytes: number
    width: number
    height: number
    sha256: string
    source: 'inlineData' | 'fileData'
  }[]
}

const url = (path: string) => `${emulator('GEMINI_EMULATOR_HOST').url}/emulator/v1/${path}`

async function call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await fetch(url(path), { method, ...init })
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
  const text = await response.text()
  return text === '' ? undefined : JSON.parse(text)
}

/** Scripts and journal of the local Gemini API. */
export const gemini = {
  script: async (script: object) => call('POST', 'scripts', script),
  async reset(): Promise<void> {
    await call('DELETE', 'scripts')
    await call('DELETE', 'requests')
  },
  async requests(): Promise<JournalEntry[]> {
    const body = await call('GET', 'requests')
    return (Array.isArray(body) ? body : (body as { requests: JournalEntry[] }).requests) as JournalEntry[]
  },
}
