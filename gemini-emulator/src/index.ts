export type { GeminiEmulator, GeminiEmulatorOptions } from './emulator.ts'
export { startGeminiEmulator } from './emulator.ts'
export type { JournalEntry, JournalImage } from './scripts/journal.ts'
export type { Reply, Script } from './scripts/script.ts'
