import { useEffect, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'

/**
 * Whether the local Gemini API finds objects with a small model. Asks again when a photo changes: the model
 * fails while it reads a photo.
 * @param photos changes when a photo changes
 */
export function useDetector({ usesDetector, stillUsesDetector }: Connection, photos: unknown): boolean {
  const [isUsed, setUsed] = useState(usesDetector)
  useEffect(() => {
    // Without an answer, for example after `npm start` was stopped, the last state stays.
    if (isUsed) stillUsesDetector().then(setUsed, () => {})
  }, [photos])
  return isUsed
}
