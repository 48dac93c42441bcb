import type { Annotation, ModelStep } from '@firesight/client'
import type { LocalPhoto } from '../hooks/use-uploads.ts'

/** `skipped`: the step will not run, because an earlier step failed. */
export type StepState = 'waiting' | 'active' | 'done' | 'failed' | 'skipped'
export type Step = { name: 'Uploaded' | 'Prepared' | 'Described' | 'Located' | 'Drawn'; state: StepState }

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
    { name: 'Drawn', state: draw?.state === 'succeeded' ? 'done' : active(isPrepared && isAnswered) },
  ]
  return isOver(annotation) || uploaded === 'failed' ? steps.map(finalStep) : steps
}

/** Whether the photo has reached a final status. */
export function isOver(annotation: Annotation | undefined): boolean {
  return annotation !== undefined && annotation.status !== 'processing' && annotation.status !== 'deferred'
}

function uploadState(local: LocalPhoto | undefined): StepState {
  if (!local) return 'waiting'
  const { state } = local.upload
  return state === 'running' ? 'active' : state
}

function modelStep(step: ModelStep | undefined, isPrepared: boolean): StepState {
  if (step?.state === 'succeeded') return 'done'
  if (step?.state === 'failed') return 'failed'
  return active(isPrepared)
}

function isSettled(step: ModelStep | undefined): boolean {
  return step !== undefined && step.state !== 'pending'
}

function active(isActive: boolean): StepState {
  return isActive ? 'active' : 'waiting'
}

/** The state of a step when processing has ended. If the preparation was active, it has failed. */
function finalStep({ name, state }: Step): Step {
  if (state === 'active') return { name, state: name === 'Prepared' ? 'failed' : 'skipped' }
  return { name, state: state === 'waiting' ? 'skipped' : state }
}
