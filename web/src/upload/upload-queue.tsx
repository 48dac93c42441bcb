import { ACCEPT } from '@firesight/client'
import { useEffect, useId, useRef } from 'preact/hooks'
import { useOnline } from '../parts/use-online.ts'
import { DismissButton } from './dismiss-button.tsx'
import { isFinished, summaryOf } from './upload-row.ts'
import { UploadRowItem } from './upload-row-item.tsx'
import type { Uploads } from './use-uploads.ts'

/** The running, finished and unfinished uploads of the home page. Shows nothing if there are none. */
export function UploadQueue({ uploads }: { uploads: Uploads }) {
  const { rows, unfinished } = uploads
  const titleId = useId()
  const title = useRef<HTMLHeadingElement>(null)
  const chooser = useRef<HTMLInputElement>(null)
  const section = useRef<HTMLElement>(null)
  const isOnline = useOnline()
  // The files may have been dropped further down or up on the page.
  const newest = rows.at(-1)?.id
  // Not when the home page opens: its scroll position is restored.
  const seen = useRef(newest)
  useEffect(() => {
    if (newest !== undefined && newest !== seen.current) section.current?.scrollIntoView({ block: 'nearest' })
    seen.current = newest
  }, [newest])
  if (rows.length === 0 && unfinished.length === 0) return null

  // The pressed button disappears with its row.
  const andFocusTitle = (action: () => void) => () => {
    action()
    // After the next frame: without rows, the home page may have another heading.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => focus(title.current ?? document.querySelector('h1'))),
    )
  }
  const addChosen = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    const files = [...(currentTarget.files ?? [])]
    currentTarget.value = '' // Otherwise choosing the same file again fires no event.
    uploads.add(files)
  }
  const summary = summaryOf(rows)
  return (
    <section ref={section} class="uploads" aria-labelledby={titleId}>
      <div class="uploads-head">
        <h2 id={titleId} ref={title}>
          Uploads
        </h2>
        <p class="uploads-summary" role="status">
          {summary.text}
          {summary.isUploading && !isOnline && ', waiting for the connection'}
        </p>
        {rows.some(isFinished) && (
          <button
            type="button"
            class="button button-bare"
            onClick={andFocusTitle(() => uploads.dismissFinished())}
          >
            Clear finished
          </button>
        )}
      </div>
      {summary.total > 0 && (
        <progress class="uploads-progress" value={summary.fraction} aria-label="All uploads" />
      )}
      {rows.length > 0 && (
        <ul class="upload-rows">
          {rows.map((row) => (
            <UploadRowItem
              key={row.id}
              row={row}
              isOnline={isOnline}
              cancel={() => uploads.cancel(row.id)}
              retry={() => uploads.retry(row.id)}
              dismiss={andFocusTitle(() => uploads.dismiss(row.id))}
            />
          ))}
        </ul>
      )}
      {unfinished.length > 0 && (
        <ul class="upload-rows" aria-label="Uploads that did not finish">
          {unfinished.map(({ imageId, name }) => (
            <li key={imageId} class="upload-row" data-state="unfinished">
              <p class="upload-words">
                Upload did not finish: <span class="upload-name">{name}</span>. Add the file again.
              </p>
              <span class="upload-actions">
                <button
                  type="button"
                  class="button button-small"
                  aria-label={`Choose the file: ${name}`}
                  onClick={() => chooser.current?.click()}
                >
                  Choose the file
                </button>
                <DismissButton
                  name={name}
                  dismiss={andFocusTitle(() => uploads.dismissUnfinished(imageId))}
                />
              </span>
            </li>
          ))}
        </ul>
      )}
      <input ref={chooser} type="file" accept={ACCEPT} multiple hidden onChange={addChosen} />
    </section>
  )
}

function focus(heading: HTMLElement | null): void {
  if (!heading) return
  heading.tabIndex = -1
  heading.focus()
}
