import { CheckIcon, CloseIcon } from '../parts/icons.tsx'
import type { Step, StepState } from './progress.ts'

/** For screen readers. */
const STATE_NAMES: Record<StepState, string> = {
  waiting: 'waiting',
  active: 'in progress',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
}

/** The progress of a photo as a row of steps. */
export function Steps({ steps }: { steps: Step[] }) {
  return (
    <ol class="steps">
      {steps.map(({ name, state }) => (
        <li key={name} class={`step step-${state}`} aria-current={state === 'active' ? 'step' : undefined}>
          <span class="step-light">
            {state === 'done' && <CheckIcon />}
            {state === 'failed' && <CloseIcon />}
          </span>
          {name}
          <span class="hidden">: {STATE_NAMES[state]}</span>
        </li>
      ))}
    </ol>
  )
}
