import type { Config } from '../../functions/src/config/config.ts'
import { filesApi } from '../../functions/src/model/gemini/files-api.ts'
import type { GenaiClientOptions } from '../../functions/src/model/gemini/genai-client.ts'
import { createGenaiModel } from '../../functions/src/model/gemini/genai-model.ts'
import { guardedModel } from '../../functions/src/model/guarded-model.ts'
import type { ModelFiles } from '../../functions/src/ports/model-files.ts'
import type { VisionModel } from '../../functions/src/ports/vision-model.ts'
import { memoryCircuit } from '../../functions/src/stores/memory/memory-circuit.ts'
import { memoryModelCopies, memoryModelFiles } from '../../functions/src/stores/memory/memory-model-files.ts'
import { WrongUsage } from './options.ts'

type Environment = Record<string, string | undefined>

/** Where the requests go. Nothing is sent or started before `openTarget`. */
export type Target = {
  description: string
  /** A local Gemini API: nothing is billed. */
  local: boolean
  provider: GenaiClientOptions['provider']
  /** The address of a local Gemini API, if one runs already. */
  baseUrl?: string
}

export type OpenTarget = {
  /** As in `Target`, with the detector of the local Gemini API. */
  description: string
  /** For the terminal: which packages of the detector are missing. */
  note?: string
  model: VisionModel
  modelFiles: ModelFiles
  close: () => Promise<void>
}

/** @throws WrongUsage if Vertex AI has no project, or if GEMINI_EMULATOR_HOST is another machine */
export function targetOf(config: Config, environment: Environment): Target {
  const host = environment.GEMINI_EMULATOR_HOST
  if (host && !isThisMachine(host)) {
    throw new WrongUsage(
      `GEMINI_EMULATOR_HOST is ${host}: expected an address of this machine, such as 127.0.0.1:9610. Photos are sent to it without encryption`,
    )
  }
  const key = environment.GEMINI_API_KEY
  if (config.provider === 'vertex-ai') {
    const project =
      environment.GOOGLE_CLOUD_PROJECT ?? environment.GCLOUD_PROJECT ?? (host && 'demo-firesight')
    if (!project) {
      throw new WrongUsage(
        'GEMINI_PROVIDER is vertex-ai, but no project is named: set GOOGLE_CLOUD_PROJECT, and sign in with "gcloud auth application-default login"',
      )
    }
    const provider = { name: 'vertex-ai', project, location: config.vertexLocation } as const
    if (host) return { ...atHost(host), provider }
    return { description: `Vertex AI, project ${project}, ${config.vertexLocation}`, local: false, provider }
  }
  // A local server never gets a key. It refuses "invalid", which tests need.
  const sent = host && key !== 'invalid' ? 'local' : key || 'local'
  const provider = { name: 'gemini-api', apiKey: () => sent } as const
  if (host) return { ...atHost(host), provider }
  if (key) return { description: 'the Gemini API', local: false, provider }
  return { description: 'a local Gemini API, because GEMINI_API_KEY is not set', local: true, provider }
}

function isThisMachine(host: string): boolean {
  if (!URL.canParse(`http://${host}`)) return false
  const { hostname } = new URL(`http://${host}`)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}

const atHost = (host: string) => ({
  description: `a local Gemini API (GEMINI_EMULATOR_HOST=${host})`,
  local: true,
  baseUrl: `http://${host}`,
})

/**
 * Starts a local Gemini API if necessary. Sends no request.
 * @param detector whether that API finds objects in photographs. Without it: regions of colour
 */
export async function openTarget(
  target: Target,
  config: Config,
  { detector }: { detector: boolean },
): Promise<OpenTarget> {
  let { baseUrl, description } = target
  let note: string | undefined
  let close = async (): Promise<void> => undefined
  if (target.local && !baseUrl) {
    const { startGeminiEmulator } = await import('@firesight/gemini-emulator')
    const emulator = await startGeminiEmulator({ detector })
    baseUrl = emulator.url
    if (detector) {
      description = withDetector(description, emulator.detector)
      if (!emulator.detector) note = missingDetector(emulator.missingPackages)
    }
    close = async () => emulator.close()
  }
  const client: GenaiClientOptions = {
    provider: target.provider,
    timeoutMs: config.modelTimeoutSeconds * 1000,
    baseUrl,
  }
  // Vertex AI takes large files from Cloud Storage only, which an evaluation does not have.
  const modelFiles: ModelFiles =
    target.provider.name === 'gemini-api'
      ? { records: memoryModelFiles(), uploads: filesApi(client) }
      : memoryModelCopies()
  const model = createGenaiModel({
    ...client,
    fallbackModel: config.fallbackModel,
    ...(target.provider.name === 'gemini-api' && {
      files: { records: modelFiles.records, uploads: filesApi(client) },
    }),
  })
  const opened = { description, ...(note !== undefined && { note }) }
  return { ...opened, model: guardedModel(model, memoryCircuit(), () => new Date()), modelFiles, close }
}

export const withDetector = (description: string, detector: boolean): string =>
  `${description}; ${detector ? 'with its detector' : 'without its detector: objects are regions of colour'}`

const missingDetector = (packages: readonly string[]): string =>
  `The detector of the local Gemini API is not installed, so objects are regions of colour. Missing packages: ${packages.join(', ')}. Install them with: npm install --include=optional`
