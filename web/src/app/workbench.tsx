import type { StoredPhoto } from '@firesight/client'
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import { RecentStrip } from '../gallery/recent-strip.tsx'
import { lazy } from '../parts/lazy.tsx'
import { AddButtons } from '../upload/add-buttons.tsx'
import { OfflineBanner } from '../upload/offline-banner.tsx'
import { UploadIndicator } from '../upload/upload-indicator.tsx'
import { useDrop } from '../upload/use-drop.ts'
import { useUploads } from '../upload/use-uploads.ts'
import { Header } from './header.tsx'
import { HomePage } from './home-page.tsx'
import { Notices } from './notices.tsx'
import { addressOf, openIdsOf } from './route.ts'
import { closeAll, closePhoto, openPhoto, useRoute } from './use-route.ts'

const PhotoPage = lazy(async () => (await import('../photo/photo-page.tsx')).PhotoPage)
const ComparePage = lazy(async () => (await import('../compare/compare-page.tsx')).ComparePage)

/** The page of a signed-in user: adds photos, and shows one, several to compare, or the home page. */
export function Workbench({ connection }: { connection: Connection }) {
  const route = useRoute()
  const [notices, setNotices] = useState<string[]>([])
  const [deleted, setDeleted] = useState<ReadonlySet<string>>(new Set())

  const notify = useCallback((text: string) => setNotices((before) => [...before, text]), [])
  const [recent, setRecent] = useState<StoredPhoto[]>()
  useEffect(() => {
    const onError = (error: Error) => notify(`Could not load your photos: ${error.message}`)
    return connection.firesight.watchNewest(setRecent, { onError })
  }, [connection.firesight])
  const uploads = useUploads(connection, {
    openPhoto,
    showQueue: closeAll,
    onRefusal: notify,
  })
  const add = useCallback(
    (files: File[]) => {
      setNotices([])
      uploads.add(files)
    },
    [uploads.add],
  )
  const isOver = useDrop(add)

  const remove = async (imageId: string, name: string) => {
    try {
      await connection.firesight.remove(name)
    } catch (error) {
      return notify(`Could not delete the photo: ${(error as Error).message}`)
    }
    setDeleted((before) => new Set(before).add(imageId))
    closePhoto(imageId)
  }
  const shown = recent?.filter(({ imageId }) => !deleted.has(imageId))

  return (
    <>
      <Header>
        {route.page !== 'home' && (
          <>
            <UploadIndicator uploads={uploads} />
            <AddButtons add={add} notify={notify} compact />
          </>
        )}
      </Header>
      <OfflineBanner />
      <Notices notices={notices} dismiss={() => setNotices([])} />
      <main>
        {route.page === 'home' ? (
          <HomePage
            connection={connection}
            photos={shown}
            uploads={uploads}
            add={add}
            notify={notify}
            remove={remove}
          />
        ) : route.page === 'comparison' ? (
          <ComparePage
            key={route.imageIds.join()}
            connection={connection}
            imageIds={route.imageIds}
            added={uploads.photos}
          />
        ) : (
          <PhotoPage
            key={route.imageId}
            connection={connection}
            imageId={route.imageId}
            added={uploads.photos}
            photos={shown ?? []}
            cancel={() => {
              uploads.cancel(route.imageId)
              closePhoto(route.imageId)
            }}
            retry={() => uploads.retry(route.imageId)}
            remove={remove}
          />
        )}
        {route.page !== 'home' && (
          <RecentStrip
            title="Your photos"
            connection={connection}
            photos={shown}
            local={uploads.photos}
            openIds={openIdsOf(route)}
            addressOf={addressOf}
            remove={remove}
          />
        )}
      </main>
      <footer class="footer">
        {connection.usesEmulators && (
          <p>
            Connected to the local emulators.{' '}
            {connection.usesLocalGemini &&
              (connection.usesDetector
                ? 'A small local model finds objects of 80 kinds in photos, and makes mistakes. Where it finds none, the local Gemini API names colours and shapes. '
                : 'The local Gemini API recognizes only colours and shapes. ')}
            {connection.usesLocalGemini && 'Its answers about the sample photos were annotated by hand.'}
          </p>
        )}
      </footer>
      {isOver && (
        <div class="veil">
          <p>Drop anywhere to upload</p>
        </div>
      )}
    </>
  )
}
