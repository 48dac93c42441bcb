import type { Annotation, AnnotationDocument } from '@firesight/client'
import { useEffect, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'

/** `absent`: the document does not exist, or not yet. */
export type Watched =
  | { state: 'loading' }
  | { state: 'absent' }
  | { state: 'found'; annotation: Annotation }
  | { state: 'deleted' }
  | { state: 'refused'; error: Error }

export function annotationOf(watched: Watched): Annotation | undefined {
  return watched.state === 'found' ? watched.annotation : undefined
}

function toWatched(document: AnnotationDocument | null): Watched {
  if (!document) return { state: 'absent' }
  return document.status === 'deleted' ? { state: 'deleted' } : { state: 'found', annotation: document }
}

/** Watches the document of a photo while the component is mounted. */
export function useAnnotation({ firesight }: Connection, imageId: string): Watched {
  const [watched, setWatched] = useState<Watched>({ state: 'loading' })
  useEffect(() => {
    setWatched({ state: 'loading' })
    return firesight.watch(
      imageId,
      (document) => setWatched(toWatched(document)),
      (error) => setWatched({ state: 'refused', error }),
    )
  }, [firesight, imageId])
  return watched
}

/** Watches the documents of several photos, in their order. */
export function useAnnotations({ firesight }: Connection, imageIds: readonly string[]): Watched[] {
  const [byId, setById] = useState<ReadonlyMap<string, Watched>>(new Map())
  useEffect(() => {
    const set = (imageId: string, watched: Watched) =>
      setById((before) => new Map(before).set(imageId, watched))
    const stops = imageIds.map((imageId) =>
      firesight.watch(
        imageId,
        (document) => set(imageId, toWatched(document)),
        (error) => set(imageId, { state: 'refused', error }),
      ),
    )
    return () => {
      for (const stop of stops) stop()
    }
  }, [firesight, imageIds.join()])
  return imageIds.map((imageId) => byId.get(imageId) ?? { state: 'loading' })
}
