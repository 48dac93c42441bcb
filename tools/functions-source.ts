import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { bundleFunctions } from './bundle.ts'
import { projectId, root } from './paths.ts'

const source = join(root, 'functions')

/** The local Gemini API costs nothing. The default limit of a user is reached after about 80 photos a day. */
const UNLIMITED = 'TOKENS_PER_DAY=0\nPROJECT_TOKENS_PER_DAY=0'

/** Outlines of few points save tokens only, which the local Gemini API does not charge. */
const FINE_OUTLINES = 'MASK_POINTS=60'

/**
 * Creates the functions folder of the emulator, with the deployable bundle in `dist`. Tests therefore run the
 * code that is deployed. Each run has its own copy, parameters and secrets, so other builds do not affect it.
 * firebase.json configures where firebase-tools looks for the files.
 * @returns the parameters of the functions
 */
export async function stageFunctions(
  folder: string,
  options: {
    geminiApiKey: string | undefined
    relayUrl: string
    fineOutlines?: boolean
    parameters?: Readonly<Record<string, string>>
  },
): Promise<NodeJS.Dict<string>> {
  const { geminiApiKey, relayUrl } = options
  const deployed = join(folder, 'dist')
  mkdirSync(folder, { recursive: true })
  await bundleFunctions(deployed)
  addRelay(deployed, relayUrl)
  // Most external packages are in the root's node_modules, which Node finds from any folder of the
  // repository.
  const packages = join(source, 'node_modules')
  if (existsSync(packages)) symlinkSync(packages, join(folder, 'node_modules'), 'junction') // 'junction' is for Windows.

  const name = `.env.${projectId}`
  const own = existsSync(join(source, name)) ? readFileSync(join(source, name), 'utf8') : ''
  const parameters = parametersFile(own, options)
  writeFileSync(join(folder, name), parameters)
  writeFileSync(join(deployed, '.secret.local'), `GEMINI_API_KEY=${geminiApiKey ?? 'local'}\n`, {
    mode: 0o600,
  })
  return parseEnv(parameters)
}

/**
 * The parameters of the functions, as a file of variables in which the last value of a name counts.
 * @param own the content of functions/.env.demo-firesight
 */
export function parametersFile(
  own: string,
  options: {
    geminiApiKey: string | undefined
    /** Whether masks have finer outlines with the local Gemini API, unless `own` has MASK_POINTS. */
    fineOutlines?: boolean
    parameters?: Readonly<Record<string, string>>
  },
): string {
  const isLocal = options.geminiApiKey === undefined
  const lines = [
    ...(isLocal && options.fineOutlines ? [FINE_OUTLINES] : []),
    own,
    ...(isLocal ? [UNLIMITED] : []),
    ...Object.entries(options.parameters ?? {}).map(([key, value]) => `${key}=${value}`),
  ]
  return `${lines.join('\n')}\n`
}

/**
 * Adds an entry that passes each delivery of an event through the relay. The bundle stays as it is deployed.
 */
function addRelay(deployed: string, relayUrl: string): void {
  const worker = join(root, 'tools/relay/worker.ts')
  const entry = [
    `const { withRelay } = require(${JSON.stringify(worker)})`,
    `module.exports = withRelay(require('./index.js'), ${JSON.stringify(relayUrl)})`,
  ]
  writeFileSync(join(deployed, 'relay.cjs'), `${entry.join('\n')}\n`)
  const manifest = join(deployed, 'package.json')
  const deployedManifest: object = JSON.parse(readFileSync(manifest, 'utf8'))
  writeFileSync(manifest, JSON.stringify({ ...deployedManifest, main: 'relay.cjs' }))
}
