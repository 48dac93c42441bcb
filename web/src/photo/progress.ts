import type { Annotation, DrawStep, ModelStep } from '@firesight/client'
import type { LocalPhoto } from '../upload/local-photo.ts'

/** `waiting`: the step has not started, or a retry is due later. `skipped`: it will not run. */
export type StepState = 'waiting' | 'active' | 'done' | 'failed' | 'skipped'
export type Step = {
  name: 'Uploaded' | 'Prepared' | 'Described' | 'Located' | 'Drawn' | 'Nothing to draw'
  state: StepState
}

/** The progress of a photo, from its local upload and its document. */
export function progressOf(local: LocalPhoto | undefined, annotation: Annotation | undefined): Step[] {
  const uploaded: StepState = annotation ? 'done' : uploadState(local)
  const isPrepared = annotation?.image !== undefined
  const { describe, locate, draw } = annotation?.steps ?? {}
  const isAnswered = isSettled(describe) && isSettled(locate)
  const steps: Step[] = [
    { name: 'Uploaded', state: uploaded },
    { name: 'Prepared', state: isPrepared ? 'done' : active(uploaded === 'done') },
    { name: 'Described', state: modelStep(describe, isPrepared) },
    { name: 'Located', state: modelStep(locate, isPrepared) },
    annotation && hasNothingToDraw(annotation)
      ? { name: 'Nothing to draw', state: 'skipped' }
      : { name: 'Drawn', state: drawStep(draw, isPrepared && isAnswered) },
  ]
  if (isOver(annotation) || uploaded === 'failed' || uploaded === 'skipped') return steps.map(finalStep)
  return annotation && isPaused(annotation) ? steps.map(pausedStep) : steps
}

/** Whether the photo has reached a final status. */
export function isOver(annotation: Annotation | undefined): boolean {
  return annotation !== undefined && annotation.status !== 'processing' && annotation.status !== 'deferred'
}

/** Whether no worker handles the photo: it is deferred, or it waits for the next delivery of its event. */
function isPaused({ status, lease }: Annotation): boolean {
  return status === 'deferred' || (status === 'processing' && lease === null)
}

const UPLOAD_STATES: Record<LocalPhoto['upload']['state'], StepState> = {
  waiting: 'waiting',
  running: 'active',
  done: 'done',
  failed: 'failed',
  cancelled: 'skipped',
}

function uploadState(local: LocalPhoto | undefined): StepState {
  if (!local) return 'waiting'
  return UPLOAD_STATES[local.upload.state]
}

function modelStep(step: ModelStep | undefined, isPrepared: boolean): StepState {
  if (step?.state === 'succeeded') return 'done'
  if (step?.state === 'failed') return 'failed'
  return active(isPrepared)
}

/** Whether the objects are known and none has a mask. If they are unknown, the failed step says why. */
function hasNothingToDraw({ objects, steps }: Annotation): boolean {
  return steps.draw.state !== 'pending' && objects !== undefined && objects.every(({ mask }) => !mask)
}

function drawStep(step: DrawStep | undefined, isNext: boolean): StepState {
  if (step?.state === 'succeeded') return 'done'
  return step?.state === 'skipped' ? 'skipped' : active(isNext)
}

function isSettled(step: ModelStep | undefined): boolean {
  return step !== undefined && step.state !== 'pending'
}

function active(isActive: boolean): StepState {
  return isActive ? 'active' : 'waiting'
}

/** Nothing runs while the photo is paused. Completed steps stay completed, and are not billed again. */
function pausedStep(step: Step): Step {
  return step.state === 'active' ? { ...step, state: 'waiting' } : step
}

/** The state of a step when processing has ended. If the preparation was active, it has failed. */
function finalStep({ name, state }: Step): Step {
  if (state === 'active') return { name, state: name === 'Prepared' ? 'failed' : 'skipped' }
  return { name, state: state === 'waiting' ? 'skipped' : state }
}
