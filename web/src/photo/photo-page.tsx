import type { StoredPhoto } from '@firesight/client'
import { useMemo, useState } from 'preact/hooks'
import { CompareButton } from '../compare/compare-button.tsx'
import type { Connection } from '../firebase.ts'
import { useCall } from '../parts/use-call.ts'
import { type Finding, FindPanel } from '../questions/find-panel.tsx'
import { QuestionPanel } from '../questions/question-panel.tsx'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { type Layers, LayerToggles } from '../viewer/layer-toggles.tsx'
import { marksOfObjects } from '../viewer/marks.ts'
import { ObjectList } from '../viewer/object-list.tsx'
import { Stage } from '../viewer/stage.tsx'
import { DeletedPhoto } from './deleted-photo.tsx'
import { Description } from './description.tsx'
import { Details } from './details.tsx'
import { NoPhoto } from './no-photo.tsx'
import { RawDocument } from './raw-document.tsx'
import { StatusPanel } from './status-panel.tsx'
import { annotationOf, useAnnotation } from './use-annotation.ts'

type Props = {
  connection: Connection
  imageId: string
  /** The photos that were added since the page was loaded. */
  added: ReadonlyMap<string, LocalPhoto>
  /** The user's newest photos. */
  photos: readonly StoredPhoto[]
  layers: Layers
  setLayers: (layers: Layers) => void
  cancel: () => void
  remove: (imageId: string, name: string) => Promise<void>
}

/** One photo with its progress and all results. */
export function PhotoPage({ connection, imageId, added, photos, layers, setLayers, cancel, remove }: Props) {
  const local = added.get(imageId)
  const watched = useAnnotation(connection, imageId)
  const [pointedAt, pointAt] = useState<number | null>(null)
  const annotation = annotationOf(watched)
  const finding: Finding = useCall((request, options) => connection.firesight.detectObjects(request, options))
  const rerun = useCall((path: string, options) => connection.firesight.annotateImage({ path }, options))
  const shown = finding.reply?.result ?? annotation
  const objects = useMemo(() => marksOfObjects(shown?.objects ?? []), [shown?.objects])

  if (watched.state === 'refused' || (watched.state === 'absent' && !local)) return <NoPhoto />
  if (watched.state === 'deleted') return <DeletedPhoto />
  const isAskable = annotation?.image !== undefined
  const hasObjects = objects.length > 0 || Boolean(annotation?.objects?.length)
  return (
    <article class="photo">
      <h1 class="hidden">Your photo</h1>
      <div class="photo-picture">
        <Stage
          firesight={connection.firesight}
          annotation={annotation}
          local={local}
          marks={objects}
          overlay={shown?.overlay}
          layers={layers}
          pointedAt={pointedAt}
          pointAt={pointAt}
        />
        <div class="photo-tools">
          {hasObjects && <LayerToggles layers={layers} onChange={setLayers} />}
          {isAskable && (
            <CompareButton connection={connection} imageId={imageId} photos={photos} added={added} />
          )}
        </div>
        {isAskable && <FindPanel finding={finding} path={annotation.name} />}
      </div>
      <div class="photo-words">
        <StatusPanel
          local={local}
          annotation={annotation}
          cancel={cancel}
          remove={annotation && (() => remove(imageId, annotation.name))}
          rerun={rerun}
        />
        {annotation && (
          <>
            <Description annotation={annotation} />
            <ObjectList
              title={finding.reply ? 'Found' : 'Objects'}
              objects={objects}
              pointedAt={pointedAt}
              pointAt={pointAt}
            />
            {isAskable && <QuestionPanel firesight={connection.firesight} path={annotation.name} />}
            <Details annotation={annotation} fileName={local?.fileName} />
            <RawDocument imageId={imageId} annotation={annotation} />
          </>
        )}
      </div>
    </article>
  )
}
