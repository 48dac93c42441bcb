import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { copyText } from '../parts/copy-text.ts'
import { CheckIcon } from '../parts/icons.tsx'
import { saveFile } from './browser-files.ts'
import type { SavedFile } from './export-source.ts'

/** Shows the outcome of an action to the user and to screen readers. */
export type Report = (outcome: { done: string } | { failed: string }) => void

/** How long a button shows that it is done. */
const DONE_MS = 2500

type Props = {
  /** Returns what was done. */
  action: () => Promise<string>
  report: Report
  /** The text after the action. */
  doneText: string
  disabled?: boolean
  children: ComponentChildren
}

function ActionButton({ action, report, doneText, disabled = false, children }: Props) {
  const [state, setState] = useState<'idle' | 'busy' | 'done'>('idle')
  const isMounted = useRef(true)
  useEffect(() => () => void (isMounted.current = false), [])
  useEffect(() => {
    if (state !== 'done') return undefined
    const timer = setTimeout(() => setState('idle'), DONE_MS)
    return () => clearTimeout(timer)
  }, [state])

  const run = async () => {
    if (state === 'busy') return
    setState('busy')
    try {
      report({ done: await action() })
      if (isMounted.current) setState('done')
    } catch (error) {
      report({ failed: (error as Error).message })
      if (isMounted.current) setState('idle')
    }
  }
  return (
    // Not `disabled` while busy: the button would lose the focus.
    <button
      type="button"
      class="button button-small"
      disabled={disabled}
      aria-busy={state === 'busy'}
      onClick={() => void run()}
    >
      {state === 'done' ? (
        <>
          <CheckIcon />
          {doneText}
        </>
      ) : (
        children
      )}
    </button>
  )
}

type CopyProps = {
  text: () => string
  what: string
  report: Report
  disabled?: boolean
  children: ComponentChildren
}

export function CopyButton({ text, what, ...rest }: CopyProps) {
  const copy = async () => {
    await copyText(text())
    return `Copied the ${what}.`
  }
  return <ActionButton action={copy} doneText="Copied" {...rest} />
}

type SaveProps = {
  file: () => Promise<SavedFile>
  report: Report
  disabled?: boolean
  children: ComponentChildren
}

export function SaveButton({ file, ...rest }: SaveProps) {
  const save = async () => {
    const made = await file()
    saveFile(made)
    return `Downloaded ${made.name}.`
  }
  return <ActionButton action={save} doneText="Done" {...rest} />
}
