import { randomUUID } from 'node:crypto'
import { NO_USAGE } from '../../functions/src/document/usage.ts'
import { ImageFiles } from '../../functions/src/model/gemini/image-files.ts'
import { guardedModel } from '../../functions/src/model/guarded-model.ts'
import { RETRY_POLICY, withRetry } from '../../functions/src/model/retry.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import type { ModelAnswer, ModelRequest, VisionModel } from '../../functions/src/ports/vision-model.ts'
import { httpsImages } from '../../functions/src/stores/https/https-images.ts'
import { memoryAccounts } from '../../functions/src/stores/memory/memory-accounts.ts'
import { memoryCircuit } from '../../functions/src/stores/memory/memory-circuit.ts'
import { memoryModelCopies } from '../../functions/src/stores/memory/memory-model-files.ts'
import { memoryAnnotations, memoryPhotos } from '../../functions/src/stores/memory/memory-photos.ts'
import { memoryQuota } from '../../functions/src/stores/memory/memory-quota.ts'
import { memoryUpkeep } from '../../functions/src/stores/memory/memory-upkeep.ts'
import type { Recorder } from './latencies.ts'

/** The last write of a run. */
export const FINISH = 'finish'

/** The texts of the answers. */
export type Answers = { description: string; location: string }

/**
 * Memory stores and a scripted model, with the latency of each port's operations in production: a
 * transaction is a read and a commit (`stores/`).
 */
export function recordedServices(recorder: Recorder, answers: Answers) {
  const [annotations, photos, quota, copies] = [
    memoryAnnotations(),
    memoryPhotos(),
    memoryQuota(),
    memoryModelCopies(),
  ]
  const upkeep = memoryUpkeep(
    () => annotations.documents,
    () => photos.files,
  )
  const circuit = memoryCircuit()
  const records: typeof copies.records = {
    ...copies.records,
    get: (key) => recorder.call('read modelFiles', ['read'], async () => copies.records.get(key)),
  }
  const model = scriptedModel(
    recorder,
    answers,
    new ImageFiles('gemini-api', { records, uploads: noUploads }),
  )
  const services: Services = {
    bucket: 'bucket',
    accounts: {
      find: (uid) => recorder.call("the owner's account", ['read'], async () => memoryAccounts().find(uid)),
    },
    annotations: {
      claim: (...args) => recorder.call('claim', ['read', 'commit'], async () => annotations.claim(...args)),
      update: (...args) =>
        recorder.call(describeUpdate(args[2]), ['read', 'commit'], async () => annotations.update(...args)),
      remove: async (...args) => annotations.remove(...args),
    },
    photos: {
      ...photos,
      findUpload: (...args) => recorder.call('find', ['metadata'], async () => photos.findUpload(...args)),
      readUpload: (...args) =>
        recorder.call('download', ['download'], async () => photos.readUpload(...args)),
      readLive: (...args) => recorder.call('download', ['download'], async () => photos.readLive(...args)),
      writeResult: (...args) =>
        recorder.call(`write ${args[1].split('/').at(-1)}`, ['upload'], async () =>
          photos.writeResult(...args),
        ),
      deleteResults: (...args) =>
        recorder.call('list older results', ['list'], async () => photos.deleteResults(...args)),
    },
    urlImages: httpsImages(),
    quota: {
      ...quota,
      look: (...args) => recorder.call('read the allowances', ['read'], async () => quota.look(...args)),
      reserve: (...args) =>
        recorder.call('reserve tokens', ['read', 'commit'], async () => quota.reserve(...args)),
      settle: (...args) =>
        recorder.call('settle tokens', ['read', 'commit'], async () => quota.settle(...args)),
    },
    model: guardedModel(
      model,
      {
        ...circuit,
        read: (key) => recorder.call('read the circuit', ['read'], async () => circuit.read(key)),
      },
      () => new Date(),
    ),
    modelFiles: { ...copies, records },
    upkeep,
    now: () => new Date(),
    newToken: randomUUID,
  }
  return { services, annotations, photos }
}

function describeUpdate(changes: object): string {
  const fields = Object.keys(changes)
  if (fields.includes('completedAt')) return FINISH
  return fields.length === 0 ? 'empty checkpoint' : `write ${fields.slice(0, 4).join(', ')}`
}

const noUploads = {
  async upload(): Promise<never> {
    throw new Error('The image fits into the request')
  },
  async remove() {},
}

function scriptedModel(recorder: Recorder, answers: Answers, files: ImageFiles): VisionModel {
  async function generate(request: ModelRequest, signal?: AbortSignal): Promise<ModelAnswer> {
    const isLocate = request.systemInstruction.startsWith('You find objects')
    const send = async () =>
      recorder.call(isLocate ? 'model: locate' : 'model: describe', ['model'], async () => ({
        text: isLocate ? answers.location : answers.description,
        truncated: false,
        model: { provider: 'gemini-api' as const, requested: request.model, version: request.model },
        usage: NO_USAGE,
      }))
    const sent = await files.withFiles(request, signal, async () =>
      withRetry(send, RETRY_POLICY, { signal, attempts: request.attempts }),
    )
    if ('failure' in sent) throw sent.failure
    return sent.value
  }
  return {
    provider: 'gemini-api',
    generate,
    async *stream(request, signal) {
      const answer = await generate(request, signal)
      yield answer.text
      return answer
    },
  }
}
