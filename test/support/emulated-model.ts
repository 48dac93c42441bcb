import {
  type GeminiEmulatorOptions,
  type JournalEntry,
  type Script,
  startGeminiEmulator,
} from '@firesight/gemini-emulator'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createGenaiModel, type GenaiModelOptions } from '../../functions/src/model/gemini/genai-model.ts'

/** A local Gemini API for the tests of a file, reset before each test, and models that use it. */
export function useEmulatedModel(options: GeminiEmulatorOptions = {}) {
  let emulator: Awaited<ReturnType<typeof startGeminiEmulator>>
  beforeAll(async () => {
    emulator = await startGeminiEmulator(options)
  })
  afterAll(() => emulator.close())
  beforeEach(async () => {
    await fetch(`${emulator.url}/emulator/v1/scripts`, { method: 'DELETE' })
    await fetch(`${emulator.url}/emulator/v1/requests`, { method: 'DELETE' })
  })
  return {
    url: () => emulator.url,
    model: (changes: Partial<GenaiModelOptions> = {}) =>
      createGenaiModel({
        provider: { name: 'gemini-api', apiKey: () => 'any' },
        timeoutMs: 5000,
        baseUrl: emulator.url,
        retry: { attempts: 3, firstWaitMs: 1, maxWaitMs: 100 },
        ...changes,
      }),
    async script(script: Script): Promise<void> {
      const body = JSON.stringify(script)
      const response = await fetch(`${emulator.url}/emulator/v1/scripts`, { method: 'POST', body })
      if (!response.ok) throw new Error(await response.text())
    },
    async journal(): Promise<JournalEntry[]> {
      const response = await fetch(`${emulator.url}/emulator/v1/requests`)
      return ((await response.json()) as { requests: JournalEntry[] }).requests
    },
  }
}
