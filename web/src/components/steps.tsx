import type { Step, StepState } from '../words/progress.ts'
import { CheckIcon, CloseIcon } from './icons.tsx'

const SPOKEN: Record<StepState, string> = {
  waiting: 'not yet',
  active: 'in progress',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
}

/** The way of a photo as a row of lights. */
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
          <span class="hidden">: {SPOKEN[state]}</span>
        </li>
      ))}
    </ol>
  )
}
