import { useEffect, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'

/**
 * Names the local services.
 * @param photos changes when a photo changes
 */
export function Footer({ connection, photos }: { connection: Connection; photos: unknown }) {
  const { usesEmulators, usesLocalGemini } = connection
  const usesDetector = useDetector(connection, photos)
  return (
    <footer class="footer">
      {usesEmulators && (
        <p>
          Connected to the local emulators.{' '}
          {usesLocalGemini &&
            (usesDetector
              ? 'A small local model finds objects of 80 kinds in photos, and makes mistakes. Where it finds none, the local Gemini API names colours and shapes. '
              : 'The local Gemini API recognizes only colours and shapes. ')}
          {usesLocalGemini && 'Its answers about the sample photos were annotated by hand.'}
        </p>
      )}
    </footer>
  )
}

/** Asks again when a photo changes: the model fails while it reads a photo. */
function useDetector({ usesDetector, stillUsesDetector }: Connection, photos: unknown): boolean {
  const [isUsed, setUsed] = useState(usesDetector)
  useEffect(() => {
    // Without an answer, for example after `npm start` was stopped, the last state stays.
    if (isUsed) stillUsesDetector().then(setUsed, () => {})
  }, [photos])
  return isUsed
}
