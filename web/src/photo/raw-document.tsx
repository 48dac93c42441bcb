import type { Annotation } from '@firesight/client'
import { useState } from 'preact/hooks'

/** The Firestore document as JSON, for developers. */
export function RawDocument({ imageId, annotation }: { imageId: string; annotation: Annotation }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="panel" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Firestore document</summary>
      <p class="quiet">
        Your app can read all results from <code class="path">images/{imageId}</code>.
      </p>
      {isOpen && (
        <pre class="json" tabIndex={0}>
          {JSON.stringify(annotation, null, 2)}
        </pre>
      )}
    </details>
  )
}
