import { type Annotation, fileSize } from '@firesight/client'
import type { ComponentChildren } from 'preact'
import { DROP_REASONS, type DropReason } from '../../../functions/src/document/drop-reasons.ts'
import { count, pixels } from '../parts/numbers.ts'
import { Timings } from './timings.tsx'

/** Technical details, collapsed by default. */
export function Details({ annotation, fileName }: { annotation: Annotation; fileName: string | undefined }) {
  const { image, model, usage, dropped, steps, timingsMs, sizeBytes, createdAt, attempts } = annotation
  return (
    <details class="panel">
      <summary>Details</summary>
      <dl class="facts">
        {fileName && <Fact name="File">{fileName}</Fact>}
        {image && (
          <Fact name="Photo">
            {pixels(image)}, {image.format.toUpperCase()}, {fileSize(sizeBytes)}
            {image.blurred && ', blurred'}
          </Fact>
        )}
        <Fact name="Added">{createdAt.toLocaleString()}</Fact>
        {model && (
          <Fact name="Model">
            {model.version}
            {model.version !== model.requested && ` (requested: ${model.requested})`}
          </Fact>
        )}
        {model && <Fact name="Prompt">{model.promptVersion}</Fact>}
        {usage && (
          <Fact name="Tokens">
            {count(usage.totalTokens)}: {count(usage.promptTokens)} in, {count(usage.outputTokens)} out
            {usage.thoughtTokens > 0 && `, ${count(usage.thoughtTokens)} thinking`}; {usage.calls}{' '}
            {usage.calls === 1 ? 'call' : 'calls'}
          </Fact>
        )}
        {attempts > 1 && <Fact name="Attempts">{attempts}</Fact>}
        {dropped && Object.keys(dropped.reasons).length > 0 && (
          <Fact name="Dropped">
            {(Object.entries(dropped.reasons) as [DropReason, number][])
              .map(([reason, times]) => `${times} × ${DROP_REASONS[reason].meaning.replaceAll('`', '')}`)
              .join('; ')}
          </Fact>
        )}
        {steps.locate.answer === 'salvaged' && (
          <Fact name="Objects">from an incomplete answer, so there may be more</Fact>
        )}
      </dl>
      {timingsMs && <Timings timingsMs={timingsMs} />}
    </details>
  )
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}
