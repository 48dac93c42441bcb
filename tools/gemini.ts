import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.ts'

export type LocalGemini = { url: string; host: string; port: number; close: () => Promise<void> }

/** Starts the local Gemini API. */
export async function startLocalGemini(options: {
  host: string
  port: number
}): Promise<LocalGemini | undefined> {
  if (!existsSync(join(root, 'gemini-emulator/src/index.ts'))) return undefined
  const name: string = '@firesight/gemini-emulator'
  const emulator: { startGeminiEmulator: (at: typeof options) => Promise<LocalGemini> } = await import(name)
  return emulator.startGeminiEmulator(options)
}
