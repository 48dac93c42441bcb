import type { StoredObject } from '../../../functions/src/annotations/annotation.ts'
import { Failure, type Flow, io, type Settled, sideBySide } from '../flow.ts'
import type { Content, World } from '../world.ts'
import { answerPath } from './files.ts'
import { POINTS } from './points.ts'
import { storedError, type Work } from './work.ts'

// functions/src/model-steps.ts

/** `answer` is what is drawn, `answerId` its name. */
export type Located = { answer: string; answerId: string }
export type ModelAnswers = {
  status: 'succeeded' | 'partial' | 'blocked' | 'failed'
  error: Failure | undefined
  located: Located | undefined
}

const REQUESTS_A_DELIVERY = 3

export function* askModel(content: Content, work: Work, world: World): Flow<ModelAnswers> {
  const stored = yield* loadAnswer(work, world)
  const isMissing =
    work.steps.describe.state === 'pending' || (!stored && work.steps.locate.state !== 'failed')
  if (isMissing) yield* io(POINTS.reserve, () => world.service.reserve())
  const settled = yield* sideBySide(describe(content, work, world), locate(content, stored, work, world))
  if (isMissing) yield* io(POINTS.settle, () => undefined)
  const failures: Failure[] = []
  for (const one of settled) {
    const failure = failureOf(one)
    if (!failure) continue
    if (!isPermanent(failure, work)) throw failure
    failures.push(failure)
  }
  const blocked = failures.find(({ code }) => code.startsWith('blocked-'))
  const located = settled[1] && 'value' in settled[1] ? (settled[1].value as Located) : undefined
  const ended = failures.length === 0 ? 'succeeded' : failures.length === 1 ? 'partial' : undefined
  return { status: ended ?? (blocked ? 'blocked' : 'failed'), error: blocked ?? failures[0], located }
}

function failureOf(settled: Settled): Failure | undefined {
  if (!('error' in settled)) return undefined
  if (settled.error instanceof Failure) return settled.error
  throw settled.error
}

function isPermanent({ code, retryable }: Failure, { isAwaited }: Work): boolean {
  if (code === 'gave-up') return true
  if (code === 'claim-lost' || code === 'model-day-limit' || code === 'model-misconfigured') return false
  return !retryable || isAwaited
}

function* loadAnswer({ steps, photo }: Work, world: World): Flow<Located | undefined> {
  const { state, answerId } = steps.locate
  if (state !== 'succeeded' || !answerId) return undefined
  const path = answerPath(photo.generation, answerId, world)
  const file = yield* io(POINTS.readAnswer, () => world.files.get(path))
  return file && { answer: file.content, answerId }
}

function* describe(content: Content, work: Work, world: World): Flow<void> {
  const { state, error } = work.steps.describe
  if (state === 'succeeded') return
  if (state === 'failed') throw new Failure(error?.code ?? 'answer-empty')
  yield* runStep('describe', work, function* () {
    const answer = yield* request('describe', content, work, world)
    yield* work.endStep('describe', { state: 'succeeded' }, { caption: answer.slice(0, answer.indexOf('/')) })
  })
}

function* locate(content: Content, stored: Located | undefined, work: Work, world: World): Flow<Located> {
  const { state, error } = work.steps.locate
  if (state === 'failed') throw new Failure(error?.code ?? 'answer-empty')
  if (stored) return stored
  return yield* runStep('locate', work, function* () {
    const answer = yield* request('locate', content, work, world)
    const answerId = world.mechanisms.answerIds === 'unique' ? world.newToken() : answer.replace('/', '-')
    // There before anything names it.
    const path = answerPath(work.photo.generation, answerId, world)
    yield* io(POINTS.writeAnswer, () => world.writeFile(path, answer))
    yield* work.endStep('locate', { state: 'succeeded', answerId })
    const own = { answer, answerId }
    if (world.mechanisms.drawsFrom === 'own-answer') return own
    return (yield* loadAnswer(work, world)) ?? own
  })
}

/** Writes on the document why a step has failed. */
function* runStep<T>(name: 'describe' | 'locate', work: Work, run: () => Flow<T>): Flow<T> {
  try {
    return yield* run()
  } catch (error) {
    if (error instanceof Failure && !UNWRITTEN.has(error.code)) {
      const waits = error.retryable || error.code === 'model-misconfigured'
      const state = waits && error.code !== 'gave-up' ? 'pending' : 'failed'
      yield* work.endStep(name, { state, error: storedError(error) }, {}, error.free)
    }
    throw error
  }
}

/** Not the step's doing: nothing can be written any more, or the stores failed. */
const UNWRITTEN = new Set<string>(['claim-lost', 'storage-unavailable'])

function* request(name: 'describe' | 'locate', content: Content, work: Work, world: World): Flow<string> {
  const { counts } = world.mechanisms
  let previous: Failure | undefined
  for (let sent = 1; ; sent++) {
    if (counts === 'before') yield* work.countRequest(name, previous)
    const answer = yield* io(POINTS.ask, () => world.service.answer(name, content, work, world))
    const isFree = answer instanceof Failure && answer.free
    if (counts === 'after' && !isFree) yield* work.countRequest(name)
    if (!(answer instanceof Failure)) return answer
    const helps = answer.retryable && answer.code !== 'model-day-limit'
    if (!helps || sent === REQUESTS_A_DELIVERY) throw answer
    previous = answer
  }
}

/** Objects by the files that show them, each called by the answer that it comes from. */
export function objectsOf(files: [path: string, content: string][]): StoredObject[] {
  const box = { x: 0, y: 0, width: 1, height: 1 }
  const [overlay, ...masks] = files
  const object = { label: overlay![1], box, box2d: [0, 0, 1, 1] }
  if (masks.length === 0) return [{ ...object, mask: null }]
  return masks.map(([path]) => ({ ...object, mask: { form: 'png' as const, path, areaPixels: 1 } }))
}
