// `npm run measure:cost`: measures the tokens of each request through the local Gemini API, and writes
// docs/cost/tokens.json. `npm run docs` then writes the tables of docs/cost.md.
import { writeFileSync } from 'node:fs'
import { askedObjects } from '../../functions/src/config/config.ts'
import { type TaskModel, taskModel } from '../../functions/src/config/task-model.ts'
import type { PreparedImage } from '../../functions/src/image/prepare.ts'
import { createGenaiModel } from '../../functions/src/model/gemini/genai-model.ts'
import { estimateImageTokens } from '../../functions/src/model/tokens.ts'
import type { ModelRequest } from '../../functions/src/ports/vision-model.ts'
import { TYPICAL_OBJECTS } from '../../functions/src/quota/typical-photo.ts'
import { questionRequest } from '../../functions/src/tasks/answer-question.ts'
import { describeRequest } from '../../functions/src/tasks/describe.ts'
import { locateRequest } from '../../functions/src/tasks/locate/request.ts'
import { type GeminiEmulator, startGeminiEmulator } from '../../gemini-emulator/src/index.ts'
import { drawObjects } from './draw.ts'
import { DEFAULTS } from './figures.ts'
import { type Counts, loadTokens, type PhotoCounts, type PhotoName, TOKENS_FILE } from './tokens.ts'

export const OBJECTS: Record<PhotoName, number> = {
  simple: 1,
  typical: TYPICAL_OBJECTS,
  everyday: 8,
  crowded: 12,
}
const MODEL = taskModel(DEFAULTS, 'locate')
const PNG_MODEL: TaskModel = { ...MODEL, model: 'gemini-2.5-flash-lite' }
const OPTIONS = { maxObjects: askedObjects(DEFAULTS), maskPoints: DEFAULTS.maskPoints }
/** A day before the models of 2.x are routed to others. */
export const MEASURED_ON = new Date('2026-11-30T12:00:00Z')
const QUESTION = 'What is on the table, and how many people are in the picture?'

/** Sends requests to a local Gemini API. */
export function counter({ url }: Pick<GeminiEmulator, 'url'>) {
  const model = createGenaiModel({
    provider: { name: 'gemini-api', apiKey: () => 'local' },
    timeoutMs: 60_000,
    baseUrl: url,
  })
  return async (request: ModelRequest, image: PreparedImage, task: TaskModel): Promise<Counts> => {
    const { usage, failure } = await model.generate(request)
    if (failure) throw failure
    return { text: usage.promptTokens - estimateImageTokens(image, task), output: usage.outputTokens }
  }
}

export async function drawnImage(objects: number): Promise<PreparedImage> {
  const data = await drawObjects(objects)
  return { data, mimeType: 'image/jpeg', width: 1200, height: 900, sharpness: 100 }
}

export async function measurePhoto(objects: number, count: ReturnType<typeof counter>): Promise<PhotoCounts> {
  const image = await drawnImage(objects)
  const locate = (maskPoints: number) => locateRequest(image, MODEL, { ...OPTIONS, maskPoints })
  return {
    objects,
    describe: await count(describeRequest(image, MODEL), image, MODEL),
    masks: await count(locate(OPTIONS.maskPoints), image, MODEL),
    boxes: await count(locate(0), image, MODEL),
    fewerPoints: await count(locate(12), image, MODEL),
    png: { text: (await count(locateRequest(image, PNG_MODEL, OPTIONS), image, PNG_MODEL)).text },
  }
}

async function measure(): Promise<void> {
  const emulator = await startGeminiEmulator({ now: () => MEASURED_ON })
  try {
    const count = counter(emulator)
    const photos: Partial<Record<PhotoName, PhotoCounts>> = {}
    for (const [name, objects] of Object.entries(OBJECTS))
      photos[name as PhotoName] = await measurePhoto(objects, count)
    const image = await drawnImage(OBJECTS.typical)
    const question = await count(questionRequest([image], QUESTION, [], MODEL), image, MODEL)
    const { real, before } = loadTokens()
    const measured = new Date().toISOString().slice(0, 10)
    writeFileSync(TOKENS_FILE, `${JSON.stringify({ measured, photos, question, real, before }, null, 2)}\n`)
  } finally {
    await emulator.close()
  }
}

// `import.meta.main` requires Node 24.2, and some platforms have 24.0.
// https://nodejs.org/api/esm.html#importmetamain, 2026-11
if (process.argv[1] === import.meta.filename) await measure()
