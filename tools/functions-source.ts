import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleFunctions } from './bundle.ts'
import { projectId, root } from './paths.ts'

const source = join(root, 'functions')

/**
 * A folder that stands for functions/ in the emulator, with what is deployed in its `dist`: built as for a deployment, so that what is
 * tested is what is deployed, and for this run alone, so that what others build meanwhile does not reach it. Parameters and secrets
 * are the run's own; firebase.json says where firebase-tools looks for them.
 */
export async function stageFunctions(folder: string, geminiApiKey: string): Promise<void> {
  const deployed = join(folder, 'dist')
  mkdirSync(folder, { recursive: true })
  await bundleFunctions(deployed)
  // Most packages that stay outside of the bundle are in the root's node_modules, found from any folder of the repository.
  const packages = join(source, 'node_modules')
  if (existsSync(packages)) symlinkSync(packages, join(folder, 'node_modules'), 'junction') // The type is for Windows.

  const parameters = `.env.${projectId}`
  if (existsSync(join(source, parameters))) copyFileSync(join(source, parameters), join(folder, parameters))
  writeFileSync(join(deployed, '.secret.local'), `GEMINI_API_KEY=${geminiApiKey}\n`, { mode: 0o600 })
}
