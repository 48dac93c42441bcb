import { useOnline } from '../parts/use-online.ts'

/** Says that the browser is offline, as long as it is. */
export function OfflineBanner({ attach }: { attach: (element: Element | null) => void }) {
  const isOnline = useOnline()
  return (
    <div ref={attach} class="offline-place" role="status">
      {!isOnline && (
        <p class="offline">
          <strong>You are offline.</strong> Uploads wait, and continue when you are online again.
        </p>
      )}
    </div>
  )
}
