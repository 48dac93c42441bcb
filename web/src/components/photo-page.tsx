import type { Annotation } from '@firesight/client'
import { useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import { useAnnotation } from '../hooks/use-annotation.ts'
import type { LocalPhoto } from '../hooks/use-uploads.ts'
import { Description } from './description.tsx'
import { Details } from './details.tsx'
import { type Layers, LayerToggles } from './layer-toggles.tsx'
import { ObjectList } from './object-list.tsx'
import { QuestionPanel } from './question-panel.tsx'
import { RawDocument } from './raw-document.tsx'
import { Stage } from './stage.tsx'
import { StatusPanel } from './status-panel.tsx'

type Props = {
  connection: Connection
  imageId: string
  /** What is known of it here, when it was added since the page was loaded. */
  local: LocalPhoto | undefined
  layers: Layers
  setLayers: (layers: Layers) => void
  cancel: () => void
  remove: (imageId: string, name: string) => Promise<void>
}

/** One photo: what it looks like, how far it is, and all that was found. */
export function PhotoPage({ connection, imageId, local, layers, setLayers, cancel, remove }: Props) {
  const watched = useAnnotation(connection, imageId)
  const [pointedAt, pointAt] = useState<number | null>(null)
  const annotation: Annotation | undefined = watched.state === 'found' ? watched.annotation : undefined

  if (watched.state === 'refused' || (watched.state === 'absent' && !local)) return <NoPhoto />
  const objects = annotation?.objects ?? []
  return (
    <article class="photo">
      <h1 class="hidden">Your photo</h1>
      <div class="photo-picture">
        <Stage
          firesight={connection.firesight}
          annotation={annotation}
          local={local}
          layers={layers}
          pointedAt={pointedAt}
          pointAt={pointAt}
        />
        {objects.length > 0 && <LayerToggles layers={layers} onChange={setLayers} />}
      </div>
      <div class="photo-words">
        <StatusPanel
          local={local}
          annotation={annotation}
          cancel={cancel}
          remove={annotation && (() => remove(imageId, annotation.name))}
        />
        {annotation && (
          <>
            <Description annotation={annotation} />
            {annotation.objects && <ObjectList objects={objects} pointedAt={pointedAt} pointAt={pointAt} />}
            {annotation.image && annotation.status !== 'deleted' && (
              <QuestionPanel firesight={connection.firesight} path={annotation.name} />
            )}
            <Details annotation={annotation} fileName={local?.fileName} />
            <RawDocument imageId={imageId} annotation={annotation} />
          </>
        )}
      </div>
    </article>
  )
}

function NoPhoto() {
  return (
    <section class="welcome">
      <h1>There is no photo here</h1>
      <p class="lead">
        The address names a photo that does not exist, or that belongs to somebody else.{' '}
        <a href="#">Start anew</a>, or choose one of your own below.
      </p>
    </section>
  )
}
