import type { Status, StoredObject } from '../../../functions/src/document/annotation.ts'
import { resultPaths } from '../../../functions/src/document/storage-paths.ts'
import { mayDiffer } from '../../../functions/src/model/ask.ts'
import type { ModelStepName } from '../../../functions/src/pipeline/billable-attempts.ts'
import { isOutOfService } from '../../../functions/src/quota/refusal.ts'
import { Failure, type Flow, io, sideBySide } from '../flow.ts'
import type { Content, World } from '../world.ts'
import { POINTS } from './points.ts'
import { storedError, type Work } from './work.ts'

// functions/src/model-steps.ts, with gemini/ask.ts and gemini/retry.ts

export type Located = { answer: string }
export type ModelAnswers = { status: Status; error: Failure | undefined; located: Located | undefined }

/** As ATTEMPTS of gemini/retry.ts. */
const ATTEMPTS: Record<string, number> = { 'model-unavailable': 3, 'model-timeout': 2 }

export function* askModel(content: Content, work: Work, world: World): Flow<ModelAnswers> {
  const stored = yield* loadAnswers(work, world)
  const isMissing =
    work.steps.describe.state === 'pending' || (!stored && work.steps.locate.state !== 'failed')
  if (isMissing) yield* io(POINTS.reserve, () => world.service.reserve())
  const settled = yield* sideBySide(describe(content, work, world), locate(content, stored, work, world))
  if (isMissing) yield* settle()
  const failures: Failure[] = []
  for (const one of settled) {
    if ('error' in one) failures.push(permanentFailure(one.error, work))
    else if (one.value instanceof Failure) failures.push(one.value)
  }
  const blocked = failures.find(isBlocked)
  const found = settled[1]!
  const located = 'value' in found && !(found.value instanceof Failure) ? (found.value as Located) : undefined
  const status = failures.length === 0 ? 'succeeded' : failures.length === 1 ? 'partial' : undefined
  return { status: status ?? (blocked ? 'blocked' : 'failed'), error: blocked ?? failures[0], located }
}

/** What could not be settled is logged, and ends nothing. */
function* settle(): Flow<void> {
  try {
    yield* io(POINTS.settle, () => undefined)
  } catch {
    // As `spend` does.
  }
}

function isBlocked({ code }: Failure): boolean {
  return code.startsWith('blocked-')
}

function permanentFailure(error: unknown, { isAwaited }: Work): Failure {
  if (!(error instanceof Failure) || error.code === 'claim-lost') throw error
  if (isOutOfService(error.asVisionError) || (error.retryable && !isAwaited)) throw error
  return error
}

function* loadAnswers({ steps, photo }: Work, world: World): Flow<Located | undefined> {
  const { state, answerId } = steps.locate
  if (state !== 'succeeded' || !answerId) return undefined
  const path = resultPaths(photo).answer(answerId).text
  const file = yield* io(POINTS.readAnswer, () => world.files.get(path))
  return file && { answer: file.content }
}

function* describe(content: Content, work: Work, world: World): Flow<Failure | undefined> {
  const { state, error } = work.steps.describe
  if (state === 'succeeded') return undefined
  if (state === 'failed') return new Failure(error?.code ?? 'answer-empty')
  const answer = yield* runStep('describe', content, work, world)
  if (answer instanceof Failure) return answer
  yield* work.endStep('describe', { state: 'succeeded' }, { caption: answer.slice(0, answer.indexOf('/')) })
  return undefined
}

function* locate(
  content: Content,
  stored: Located | undefined,
  work: Work,
  world: World,
): Flow<Located | Failure> {
  const { state, error } = work.steps.locate
  if (state === 'failed') return new Failure(error?.code ?? 'answer-empty')
  if (stored) return stored
  const answer = yield* runStep('locate', content, work, world)
  if (answer instanceof Failure) return answer
  const answerId = world.mechanisms.answerIds === 'unique' ? world.newToken() : 'answer'
  // There before anything names it.
  const path = resultPaths(work.photo).answer(answerId).text
  yield* io(POINTS.writeAnswer, () => world.writeFile(path, answer))
  yield* work.endStep('locate', { state: 'succeeded', answerId })
  return { answer }
}

/** Asks, and writes on the document why a step has failed. */
function* runStep(name: ModelStepName, content: Content, work: Work, world: World): Flow<string | Failure> {
  let asked: Asked
  try {
    asked = yield* ask(name, content, work, world)
  } catch (failure) {
    if (!(failure instanceof Failure) || failure.code === 'claim-lost') throw failure
    const isOut = isOutOfService(failure.asVisionError)
    const givenUp = failure.code === 'gave-up' || !(failure.retryable || isOut)
    const state = givenUp ? 'failed' : 'pending'
    yield* work.endStep(name, { state, error: storedError(failure) })
    if (failure.code === 'gave-up') return failure
    throw failure
  }
  if (typeof asked === 'string') return asked
  const heals = asked.code.startsWith('model-') && asked.retryable
  const end = { state: heals ? 'pending' : 'failed', error: storedError(asked) } as const
  yield* work.endStep(name, end)
  if (heals) throw asked
  return asked
}

/** An answer, or why there is nothing to use in what was answered. */
type Asked = string | Failure

function* ask(name: ModelStepName, content: Content, work: Work, world: World): Flow<Asked> {
  const first = yield* generate(name, content, work, world)
  if (typeof first === 'string' || !mayDiffer(first.asVisionError)) return first
  try {
    return yield* generate(name, content, work, world)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return error.retryable ? error : first
  }
}

/** One request, again and again while the service fails in a way that often heals within seconds. */
function* generate(name: ModelStepName, content: Content, work: Work, world: World): Flow<Asked> {
  const { counts, previousIsTold } = world.mechanisms
  for (let attempt = 1; ; attempt++) {
    if (counts === 'before') yield* work.countCall(name)
    const answer = yield* io(POINTS.ask, () => world.service.answer(name, content, work, world))
    if (counts === 'after') yield* work.countCall(name)
    const isLast = !(answer instanceof Failure) || attempt >= (ATTEMPTS[answer.code] ?? 1)
    if (isLast || previousIsTold) work.settleCall(name, answer)
    if (!(answer instanceof Failure) || !answer.code.startsWith('model-')) return answer
    if (isLast) throw answer
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
