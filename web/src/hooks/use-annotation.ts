import type { Annotation } from '@firesight/client'
import { useEffect, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'

/** `absent`: the document does not exist, or not yet. */
export type Watched =
  | { state: 'loading' }
  | { state: 'absent' }
  | { state: 'found'; annotation: Annotation }
  | { state: 'refused'; error: Error }

export function annotationOf(watched: Watched): Annotation | undefined {
  return watched.state === 'found' ? watched.annotation : undefined
}

/** Watches the document of a photo while the component is mounted. */
export function useAnnotation({ firesight }: Connection, imageId: string): Watched {
  const [watched, setWatched] = useState<Watched>({ state: 'loading' })
  useEffect(() => {
    setWatched({ state: 'loading' })
    return firesight.watch(
      imageId,
      (annotation) => setWatched(annotation ? { state: 'found', annotation } : { state: 'absent' }),
      (error) => setWatched({ state: 'refused', error }),
    )
  }, [firesight, imageId])
  return watched
}
