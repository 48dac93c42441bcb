import type { StoredPhoto } from '@firesight/client'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { CompareButton } from '../compare/compare-button.tsx'
import { ExportButton } from '../export/export-button.tsx'
import type { Connection } from '../firebase.ts'
import { useCall } from '../parts/use-call.ts'
import { useFirstFocus } from '../parts/use-first-focus.ts'
import { FindPanel } from '../questions/find-panel.tsx'
import { QuestionPanel } from '../questions/question-panel.tsx'
import { useFinding } from '../questions/use-finding.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { LayerTools, useLayerSettings } from '../viewer/layer-tools.tsx'
import { marksOfObjects } from '../viewer/marks.ts'
import { ObjectList } from '../viewer/object-list.tsx'
import { Stage } from '../viewer/stage.tsx'
import { usePointing } from '../viewer/use-pointing.ts'
import { DeleteButton } from './delete-button.tsx'
import { DeletedPhoto } from './deleted-photo.tsx'
import { Description, DescriptionSkeleton } from './description.tsx'
import { Details } from './details.tsx'
import { NoPhoto } from './no-photo.tsx'
import { isOver } from './progress.ts'
import { RawDocument } from './raw-document.tsx'
import { StatusPanel } from './status-panel.tsx'
import { annotationOf, useAnnotation } from './use-annotation.ts'
import { useRememberedSize } from './use-remembered-size.ts'

type Props = {
  connection: Connection
  imageId: string
  /** The photos that were added since the page was loaded. */
  added: ReadonlyMap<string, LocalPhoto>
  /** The user's newest photos. */
  photos: readonly StoredPhoto[]
  /** Whether the local Gemini API finds objects with a small model. */
  usesDetector: boolean
  /** Whether the user has deleted the photo here, and may still undo it. */
  isDeleted: boolean
  /** Cancels the upload. */
  cancel: () => void
  /** Uploads the photo again after a failure. */
  retry: () => void
  remove: (imageId: string, name: string) => Promise<void>
}

const NO_OBJECTS: readonly never[] = []

/**
 * One photo with its progress and all results. The caption comes first. On wide screens the words scroll
 * beside the photo, and the question field stays below them.
 */
export function PhotoPage(props: Props) {
  const { connection, imageId, added, photos, usesDetector, isDeleted, cancel, retry, remove } = props
  const heading = useFirstFocus()
  const local = added.get(imageId)
  const watched = useAnnotation(connection, imageId)
  const annotation = annotationOf(watched)
  const listed = photos.find((photo) => photo.imageId === imageId)?.annotation
  const size = useRememberedSize(connection.kept, imageId, annotation?.image ?? listed?.image)
  const finding = useFinding(connection, imageId, annotation?.generation)
  const rerun = useCall((path: string, options) => connection.firesight.annotateImage({ path }, options))
  const shown = finding.reply?.result ?? annotation
  const objects = shown?.objects ?? NO_OBJECTS
  const marks = useMemo(() => marksOfObjects(objects), [objects])
  const layers = useLayerSettings()
  const pointing = usePointing(objects)
  const [hidden, setHidden] = useHidden(objects)
  const { pointedAt, pointAt, select } = pointing
  const visible = useMemo(
    () => (hidden.size === 0 ? marks : marks.filter(({ of }) => !hidden.has(of) || of === pointedAt)),
    [marks, hidden, hidden.size > 0 && pointedAt],
  )

  if (watched.state === 'deleted') return <DeletedPhoto />
  if (isDeleted) return <DeletedPhoto isPending />
  if (watched.state === 'refused' || (watched.state === 'absent' && !local))
    return <NoPhoto connection={connection} imageId={imageId} />
  const isAskable = annotation?.image !== undefined
  const known = annotation ?? listed
  const hasObjects = objects.length > 0 || Boolean(known?.objects?.length)
  const isLoading = !annotation && !local
  return (
    <article class="photo">
      <h1 ref={heading} class="hidden" tabIndex={-1}>
        Your photo
      </h1>
      <div class="photo-picture">
        <Stage
          firesight={connection.firesight}
          annotation={annotation}
          local={local}
          size={size}
          marks={visible}
          objects={objects}
          overlay={shown?.overlay}
          layers={layers.layers}
          opacity={layers.opacity}
          pointedAt={pointedAt}
          pointAt={pointAt}
          select={select}
        />
        {/* Shown before the objects are known, so that the layout does not shift. */}
        {(hasObjects || (known?.objects === undefined && !isOver(known))) && (
          <div class="photo-tools">
            <LayerTools {...layers} />
          </div>
        )}
      </div>
      <div class="photo-side">
        <div class="photo-words">
          {isLoading && <DescriptionSkeleton />}
          {annotation && <Description annotation={annotation} usesDetector={usesDetector} />}
          {!isLoading && (
            <StatusPanel local={local} annotation={annotation} cancel={cancel} retry={retry} rerun={rerun} />
          )}
          {annotation && (
            <>
              <div class="photo-actions">
                {isAskable && <CompareButton connection={connection} imageIds={[imageId]} added={added} />}
                {isAskable && (
                  <ExportButton
                    connection={connection}
                    imageId={imageId}
                    annotation={annotation}
                    local={local}
                    found={finding.reply?.result}
                  />
                )}
                <DeleteButton remove={() => remove(imageId, annotation.name)} />
              </div>
              {isAskable && <FindPanel finding={finding} path={annotation.name} />}
              <ObjectList
                title={finding.reply ? 'Found' : 'Objects'}
                objects={marks}
                pointing={pointing}
                hidden={hidden}
                setHidden={setHidden}
              />
              <Details annotation={annotation} fileName={local?.fileName} />
              <RawDocument imageId={imageId} annotation={annotation} />
            </>
          )}
        </div>
        {isAskable && (
          <div class="photo-ask">
            <QuestionPanel connection={connection} imageId={imageId} annotation={annotation} />
          </div>
        )}
      </div>
    </article>
  )
}

/** The indexes of the hidden objects. Other objects are all visible. */
function useHidden(objects: unknown) {
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set())
  useEffect(() => setHidden(new Set()), [objects])
  return [hidden, setHidden] as const
}
