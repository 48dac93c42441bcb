import type { Annotation } from '@firesight/client'
import { useState } from 'preact/hooks'

/** For developers: nothing on this page comes from anywhere else. */
export function RawDocument({ imageId, annotation }: { imageId: string; annotation: Annotation }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="panel" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The document</summary>
      <p class="quiet">
        This is the whole document your app reads: <code class="path">images/{imageId}</code>
      </p>
      {isOpen && (
        <pre class="json" tabIndex={0}>
          {JSON.stringify(annotation, null, 2)}
        </pre>
      )}
    </details>
  )
}
