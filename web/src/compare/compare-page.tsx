import type { CompareImagesInput, CompareImagesResult } from '@firesight/client'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { addressOf } from '../app/route.ts'
import type { Connection } from '../firebase.ts'
import { AskForm } from '../parts/ask-form.tsx'
import { CallState } from '../parts/call-state.tsx'
import { type Call, useCall } from '../parts/use-call.ts'
import { NoPhoto } from '../photo/no-photo.tsx'
import { annotationOf, useAnnotations } from '../photo/use-annotation.ts'
import { differencesFound } from '../questions/found.ts'
import { MAX_QUESTION_LENGTH } from '../questions/question-panel.tsx'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { marksOfDifferences, signsOf } from '../viewer/marks.ts'
import { Stage } from '../viewer/stage.tsx'
import { Comparison } from './comparison.tsx'

type Props = {
  connection: Connection
  imageIds: readonly string[]
  /** The photos that were added since the page was loaded. */
  added: ReadonlyMap<string, LocalPhoto>
}

const LAYERS = { overlay: false, boxes: true, labels: true }

/** Photos side by side, with their differences. */
export function ComparePage({ connection, imageIds, added }: Props) {
  const { firesight } = connection
  const watched = useAnnotations(connection, imageIds)
  const comparing: Call<CompareImagesInput, CompareImagesResult> = useCall((request, options) =>
    firesight.compareImages(request, options),
  )
  const [pointedAt, pointAt] = useState<number | null>(null)
  const title = useRef<HTMLHeadingElement>(null)
  // Scrolls to the top after a photo was chosen further down, and announces the page to screen readers.
  useEffect(() => title.current?.focus(), [])

  const { reply, runningSince, run, cancel } = comparing
  const differences = reply?.result.differences ?? []
  const signs = useMemo(() => signsOf(differences), [reply])
  const marks = useMemo(
    () => imageIds.map((_, image) => marksOfDifferences(differences, signs, image)),
    [reply],
  )

  if (watched.some(({ state }) => state === 'refused' || state === 'absent')) return <NoPhoto />
  const images = watched.flatMap((one) => annotationOf(one)?.name ?? [])
  return (
    <article class="comparison">
      <h1 ref={title} class="hidden" tabIndex={-1}>
        Compare {imageIds.length === 2 ? 'two' : imageIds.length} photos
      </h1>
      <div class="pair">
        {imageIds.map((imageId, image) => (
          <figure key={image}>
            <Stage
              firesight={firesight}
              annotation={annotationOf(watched[image]!)}
              local={added.get(imageId)}
              marks={marks[image]!}
              overlay={undefined}
              layers={LAYERS}
              pointedAt={pointedAt}
              pointAt={pointAt}
            />
            <figcaption>
              <a href={addressOf(imageId)}>Photo {image + 1}</a>
            </figcaption>
          </figure>
        ))}
      </div>
      {images.length === imageIds.length && (
        <section class="call-panel" aria-label="Comparison">
          <AskForm
            label="Question (optional)"
            placeholder="Question (optional)"
            maxLength={MAX_QUESTION_LENGTH}
            action="Compare"
            stopAction="Cancel"
            isBusy={runningSince !== undefined}
            isOptional
            keepsText
            send={(question) => run({ images, ...(question && { question }) })}
            stop={cancel}
          />
          <CallState
            call={comparing}
            runningText="Comparing…"
            resultText={reply && differencesFound(reply.result)}
          />
        </section>
      )}
      {reply && <Comparison result={reply.result} signs={signs} pointedAt={pointedAt} pointAt={pointAt} />}
    </article>
  )
}
