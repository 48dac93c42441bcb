import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleFunctions } from './bundle.ts'
import { projectId, root } from './paths.ts'

const source = join(root, 'functions')

/**
 * Creates the functions folder of the emulator, with the deployable bundle in `dist`. Tests therefore run the
 * code that is deployed. Each run has its own copy, parameters and secrets, so other builds do not affect it.
 * firebase.json configures where firebase-tools looks for the files.
 */
export async function stageFunctions(folder: string, geminiApiKey: string): Promise<void> {
  const deployed = join(folder, 'dist')
  mkdirSync(folder, { recursive: true })
  await bundleFunctions(deployed)
  // Most external packages are in the root's node_modules, which Node finds from any folder of the
  // repository.
  const packages = join(source, 'node_modules')
  if (existsSync(packages)) symlinkSync(packages, join(folder, 'node_modules'), 'junction') // 'junction' is for Windows.

  const parameters = `.env.${projectId}`
  if (existsSync(join(source, parameters))) copyFileSync(join(source, parameters), join(folder, parameters))
  writeFileSync(join(deployed, '.secret.local'), `GEMINI_API_KEY=${geminiApiKey}\n`, { mode: 0o600 })
}
