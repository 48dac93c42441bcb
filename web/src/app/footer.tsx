import type { Connection } from '../firebase.ts'

/** Names the local services. */
export function Footer({ connection, usesDetector }: { connection: Connection; usesDetector: boolean }) {
  const { usesEmulators, usesLocalGemini } = connection
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
