import { InstanceLimits } from '../../functions/src/image/instance-limits.ts'
import { guardedModel } from '../../functions/src/model/guarded-model.ts'
import type { Accounts } from '../../functions/src/ports/accounts.ts'
import type { CircuitStore } from '../../functions/src/ports/circuit-store.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import { VERIFIED } from '../../functions/src/stores/memory/memory-accounts.ts'
import { memoryModelCopies } from '../../functions/src/stores/memory/memory-model-files.ts'
import { annotationPort, indexPort } from './annotation-port.ts'
import { modelPort } from './model-port.ts'
import { listerPort, photoPort } from './photo-port.ts'
import type { TaskQueue } from './task-queue.ts'
import type { Worker } from './workers.ts'
import { ABOUT, type World } from './world.ts'

/** What the run of one worker knows besides the world. */
export type Run = {
  worker: Worker
  /** Id of the event that started it, for the mutation of `claims`. */
  eventId: string | undefined
  /** Generation of its claim, and the number of the claim's beginning. */
  generation: string
  number: number
}

/** The services of one worker over the world. Each call takes time and may fail or kill the worker. */
export function servicesOf(worker: Worker, world: World, queue: TaskQueue, eventId?: string): Services {
  const run: Run = { worker, eventId, generation: '', number: 0 }
  const unused = () => Promise.reject(new Error('The model check does not use this port'))
  let tokens = 0
  return {
    bucket: ABOUT.bucket,
    // A worker that crashes keeps its part for ever, so each has its own.
    limits: new InstanceLimits(),
    accounts: accountPort(run),
    photos: photoPort(run, world),
    annotations: annotationPort(run, world),
    model: guardedModel(modelPort(run, world), circuitPort(run, world), () => world.now),
    // The images of the model are sent inline.
    modelFiles: memoryModelCopies(),
    quota: {
      reserve: (spender, need) =>
        worker.call('firestore', 'reserve tokens', () => {
          world.service.reserve()
          return { id: 'reservation', spender, ...need, tokens: need.most, day: '' }
        }),
      look: () => worker.call('firestore', 'read the allowances', () => () => undefined),
      settle: () => worker.call('firestore', 'settle tokens', () => undefined),
      forget: unused,
    },
    upkeep: {
      annotations: indexPort(run, world),
      objects: listerPort(run, world),
      queue: {
        enqueue: ({ retry }, id) =>
          worker.call('queue', 'enqueue', () => queue.enqueue(taskIdOf(id, world), retry)),
      },
      progress: {
        read: (path) =>
          worker.call('firestore', 'read the progress of a scan', () => world.scanProgress.get(path)),
        change: (path, change) =>
          worker.call('firestore', 'write the progress of a scan', () => {
            const changed = change(world.scanProgress.get(path))
            if (changed) world.scanProgress.set(path, changed)
            return changed
          }),
        // There are no backfills to continue: they queue tasks by themselves.
        withState: () => worker.call('firestore', 'list the running backfills', () => []),
        due: () => worker.call('firestore', 'list the erasures', () => []),
      },
    },
    urlImages: { fetch: unused },
    now: () => world.now,
    ...(Number.isFinite(worker.interruptedAt) && { shutdown: worker.shutdown }),
    newToken: () => {
      tokens += 1
      // The first token names the lease, later ones name answers.
      return tokens > 1 && world.mechanisms.answerIds === 'fixed' ? 'answer' : world.newToken()
    },
  }
}

/** Each worker is an instance of its own: it has read no account before. */
function accountPort({ worker }: Run): Accounts {
  return { find: () => worker.call('auth', 'read the account', () => VERIFIED) }
}

function circuitPort({ worker }: Run, { circuits }: World): CircuitStore {
  return {
    read: (key) => worker.call('firestore', `read the circuit ${key}`, () => circuits.get(key)),
    open: (key, circuit) =>
      worker.call('firestore', `open the circuit ${key}`, () => void circuits.set(key, circuit)),
  }
}

/** `{imageId}-{generation}-{state}-{hour}`, see `queuePhoto()`. */
function taskIdOf(id: string, { mechanisms }: World): string {
  if (mechanisms.taskIds === 'by-state-and-hour') return id
  const [generation] = id.slice(ABOUT.imageId.length + 1).split('-')
  return generation!
}
