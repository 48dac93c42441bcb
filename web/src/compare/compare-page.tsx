import type { CompareImagesInput, CompareImagesResult } from '@firesight/client'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import { AskForm } from '../parts/ask-form.tsx'
import { CallState } from '../parts/call-state.tsx'
import { type Reply, useCall } from '../parts/use-call.ts'
import { NoPhoto } from '../photo/no-photo.tsx'
import { annotationOf, useAnnotations } from '../photo/use-annotation.ts'
import { differencesFound } from '../questions/found.ts'
import { MAX_QUESTION_LENGTH } from '../questions/question-panel.tsx'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { marksOfDifferences, signsOf } from '../viewer/marks.ts'
import { CompareButton } from './compare-button.tsx'
import { ComparedPhoto } from './compared-photo.tsx'
import { Comparison } from './comparison.tsx'
import { isComparable } from './use-own-photos.ts'

type Props = {
  connection: Connection
  imageIds: readonly string[]
  /** The photos that were added since the page was loaded. */
  added: ReadonlyMap<string, LocalPhoto>
}

/** Two to sixteen photos and their differences. The comparison starts when all photos have been read. */
export function ComparePage({ connection, imageIds, added }: Props) {
  const { firesight, kept } = connection
  const watched = useAnnotations(connection, imageIds)
  const annotations = watched.map(annotationOf)
  const read = annotations.flatMap((annotation, index) =>
    annotation?.image ? [{ imageId: imageIds[index]!, ...annotation }] : [],
  )
  const isReady = read.length === imageIds.length
  const images = read.map(({ name }) => name)
  const comparing = useCall(
    async (request: CompareImagesInput, options) => firesight.compareImages(request, options),
    isReady ? kept.slot<Reply<CompareImagesInput, CompareImagesResult>>('comparison', read) : undefined,
  )
  const { reply, runningSince, run, cancel } = comparing
  useEffect(() => {
    if (isReady && !reply) run({ images })
  }, [isReady, images.join()])

  const [pointedAt, pointAt] = useState<number | null>(null)
  const title = useRef<HTMLHeadingElement>(null)
  const photos = useRef<HTMLOListElement>(null)
  // Scrolls to the top after a photo was chosen further down, and announces the page to screen readers.
  useEffect(() => title.current?.focus(), [])

  const differences = reply?.result.differences ?? []
  const signs = useMemo(() => signsOf(differences), [reply])
  const marks = useMemo(
    () => imageIds.map((_, image) => marksOfDifferences(differences, signs, image)),
    [reply],
  )
  /** Shows the first photo with a box of a difference, if it is outside the visible part. */
  const reveal = (difference: number) => {
    const photo = differences[difference]?.regions[0]?.image
    if (photo !== undefined) photos.current?.children[photo]?.scrollIntoView({ block: 'nearest' })
  }

  if (watched.every(({ state }) => state === 'refused')) return <NoPhoto connection={connection} />
  const unusable = imageIds.flatMap((_, index) =>
    watched[index]!.state === 'loading' || (annotations[index] && isComparable(annotations[index]))
      ? []
      : [index + 1],
  )
  return (
    <article class={`comparison comparison-${layoutOf(imageIds.length)}`}>
      <div class="comparison-head">
        <h1 ref={title} tabIndex={-1}>
          Compare {imageIds.length} photos
        </h1>
        <CompareButton connection={connection} imageIds={imageIds} added={added} />
      </div>
      <ol ref={photos} class="compared" aria-label="Photos">
        {imageIds.map((imageId, index) => (
          <ComparedPhoto
            key={imageId}
            connection={connection}
            imageIds={imageIds}
            index={index}
            watched={watched[index]!}
            local={added.get(imageId)}
            marks={marks[index]!}
            pointedAt={pointedAt}
            pointAt={pointAt}
          />
        ))}
      </ol>
      <div class="comparison-side">
        <section class="call-panel" aria-label="Comparison">
          {isReady ? (
            <>
              <CallState
                call={comparing}
                runningText={`Comparing ${imageIds.length} photos…`}
                resultText={reply && differencesFound(reply.result)}
              />
              <AskForm
                label="What the comparison should focus on"
                placeholder="Focus on …"
                maxLength={MAX_QUESTION_LENGTH}
                action={reply ? 'Compare again' : 'Compare'}
                stopAction="Cancel"
                isBusy={runningSince !== undefined}
                isOptional
                keepsText
                initialText={reply?.request.question}
                send={(question) => run({ images, ...(question && { question }) })}
                stop={cancel}
              />
            </>
          ) : (
            <p role="status" class={unusable.length > 0 ? 'call-failed' : 'quiet call-running'}>
              {unusable.length > 0
                ? `${photosText(unusable)} cannot be compared. Remove ${unusable.length > 1 ? 'them' : 'it'} to start.`
                : 'The comparison starts when all photos have been read…'}
            </p>
          )}
        </section>
        {reply && (
          <Comparison
            result={reply.result}
            photos={imageIds.length}
            signs={signs}
            pointedAt={pointedAt}
            pointAt={pointAt}
            reveal={reveal}
          />
        )}
      </div>
    </article>
  )
}

/** Two photos side by side, four in two rows, nine in three, sixteen in four. */
function layoutOf(photos: number): 'pair' | 'four' | 'nine' | 'sixteen' {
  if (photos <= 2) return 'pair'
  if (photos <= 4) return 'four'
  return photos <= 9 ? 'nine' : 'sixteen'
}

function photosText(numbers: readonly number[]): string {
  return `${numbers.length > 1 ? 'Photos' : 'Photo'} ${numbers.join(', ')}`
}
