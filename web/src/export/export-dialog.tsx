import type { Annotation, DetectObjectsResult } from '@firesight/client'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import { CloseIcon } from '../parts/icons.tsx'
import { readSettings } from '../settings.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { CopyButton, type Report } from './action-button.tsx'
import { CodeSection } from './code-section.tsx'
import { costOfTokens, spentOnPhoto, spentOnSearch } from './cost.ts'
import { CostSection } from './cost-section.tsx'
import { ExportSource } from './export-source.ts'
import { FilesSection } from './files-section.tsx'

export type ExportProps = {
  connection: Connection
  imageId: string
  annotation: Annotation
  local: LocalPhoto | undefined
  /** The result of a search that the page shows instead of the photo's objects. */
  found: DetectObjectsResult | undefined
}

/** Everything that a user can take out of the page. */
export function ExportDialog({ onClose, ...given }: ExportProps & { onClose: () => void }) {
  const { connection, imageId, annotation, local, found } = given
  const dialog = useRef<HTMLDialogElement>(null)
  const [outcome, setOutcome] = useState<Parameters<Report>[0]>()
  useEffect(() => dialog.current?.showModal(), [])
  const source = useMemo(() => new ExportSource(given), [connection, imageId, annotation, local, found])
  const { caption, altText, name: path, bucket, completedAt, updatedAt } = annotation
  const date = found ? new Date() : (completedAt ?? updatedAt)
  const failed = outcome && 'failed' in outcome ? outcome.failed : undefined
  return (
    <dialog ref={dialog} class="dialog export" aria-labelledby="export-title" onClose={onClose}>
      <header class="export-head">
        <h2 id="export-title">Export</h2>
        <button
          type="button"
          class="button button-bare"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          <CloseIcon />
        </button>
      </header>
      {found && <p class="quiet">Files and JSON are those of your search.</p>}
      <section class="export-section" aria-labelledby="export-copy">
        <h3 id="export-copy">Copy</h3>
        <div class="export-buttons">
          {caption !== undefined && (
            <CopyButton text={() => caption} what="caption" report={setOutcome}>
              Caption
            </CopyButton>
          )}
          {altText !== undefined && (
            <CopyButton text={() => altText} what="alt text" report={setOutcome}>
              Alt text
            </CopyButton>
          )}
          <CopyButton text={() => source.json()} what="JSON" report={setOutcome}>
            JSON
          </CopyButton>
        </div>
      </section>
      <FilesSection source={source} report={setOutcome} />
      <CodeSection
        photo={{ path, imageId, bucket }}
        project={{ ...connection, settings: readSettings(import.meta.env) }}
        report={setOutcome}
      />
      <CostSection
        cost={costOfTokens(found ? spentOnSearch(found) : spentOnPhoto(annotation), date)}
        date={date}
        isLocal={connection.usesLocalGemini}
      />
      <div class="export-outcome">
        <p role="status" class="quiet">
          {outcome && 'done' in outcome ? outcome.done : ''}
        </p>
        <div role="alert">{failed !== undefined && <p class="notice">{failed}</p>}</div>
      </div>
    </dialog>
  )
}
