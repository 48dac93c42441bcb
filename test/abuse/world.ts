import { setTimeout as sleep } from 'node:timers/promises'
import { NO_USAGE } from '../../functions/src/document/usage.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import type { ModelAnswer, VisionModel } from '../../functions/src/ports/vision-model.ts'
import { memoryAccounts } from '../../functions/src/stores/memory/memory-accounts.ts'
import { memoryModelCopies } from '../../functions/src/stores/memory/memory-model-files.ts'
import { memoryAnnotations, memoryPhotos } from '../../functions/src/stores/memory/memory-photos.ts'
import { memoryQuota } from '../../functions/src/stores/memory/memory-quota.ts'
import { memoryUpkeep } from '../../functions/src/stores/memory/memory-upkeep.ts'

const PROMPT_TOKENS = 1120

/** A model that always writes as much as the request allows, and answers after a while. */
function greedyModel(answerMs: number): VisionModel {
  const model: VisionModel = {
    provider: 'gemini-api',
    async generate({ attempts, maxOutputTokens, model: name }): Promise<ModelAnswer> {
      await attempts?.begin()
      await sleep(answerMs)
      attempts?.settle()
      return {
        text: '[]',
        truncated: false,
        model: { provider: 'gemini-api', requested: name, version: name },
        usage: {
          ...NO_USAGE,
          calls: 1,
          promptTokens: PROMPT_TOKENS,
          outputTokens: maxOutputTokens,
          totalTokens: PROMPT_TOKENS + maxOutputTokens,
        },
      }
    },
    async *stream(request, signal) {
      const answer = await model.generate(request, signal)
      yield answer.text
      return answer
    },
  }
  return model
}

/** Services in memory with real quotas, at the default limits. */
export function abuseWorld(answerMs = 0) {
  const [photos, annotations, quota] = [memoryPhotos(), memoryAnnotations(), memoryQuota()]
  const upkeep = memoryUpkeep(
    () => annotations.documents,
    () => photos.files,
  )
  let tokens = 0
  const services: Services = {
    bucket: 'bucket',
    accounts: memoryAccounts(),
    photos,
    annotations,
    modelFiles: memoryModelCopies(),
    urlImages: {
      fetch: async () => {
        throw new Error('No image of the attacks has a URL')
      },
    },
    quota,
    model: greedyModel(answerMs),
    upkeep,
    now: () => new Date(),
    newToken: () => `token-${++tokens}`,
  }
  return { services, photos, annotations, quota, upkeep }
}

/** A call of a signed-in user, as the SDK passes it to a handler. */
export function callOf(uid: string, provider: 'anonymous' | 'google.com', data: unknown): never {
  return { data, auth: { uid, token: { firebase: { sign_in_provider: provider } } } } as never
}
