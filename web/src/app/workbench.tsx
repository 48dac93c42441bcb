import type { StoredPhoto } from '@firesight/client'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { ComparePage } from '../compare/compare-page.tsx'
import type { Connection } from '../firebase.ts'
import { RecentStrip } from '../gallery/recent-strip.tsx'
import { PhotoPage } from '../photo/photo-page.tsx'
import { AddButtons } from '../upload/add-buttons.tsx'
import { useDrop } from '../upload/use-drop.ts'
import { useUploads } from '../upload/use-uploads.ts'
import type { Layers } from '../viewer/layer-toggles.tsx'
import { Header } from './header.tsx'
import { Notices } from './notices.tsx'
import { addressOf, useOpenPhotos } from './use-open-photos.ts'
import { Welcome } from './welcome.tsx'

/** The page of a signed-in user: adds photos, and shows one, two to compare, or the start page. */
export function Workbench({ connection }: { connection: Connection }) {
  const { openIds, open, close } = useOpenPhotos()
  const [openId, otherId] = openIds
  const [notices, setNotices] = useState<string[]>([])
  const [layers, setLayers] = useState<Layers>({ overlay: true, boxes: true, labels: true })
  const [deleted, setDeleted] = useState<ReadonlySet<string>>(new Set())

  const notify = useCallback((text: string) => setNotices((before) => [...before, text]), [])
  const [recent, setRecent] = useState<StoredPhoto[]>()
  useEffect(() => {
    const onError = (error: Error) => notify(`Could not load your photos: ${error.message}`)
    return connection.firesight.watchNewest(setRecent, { onError })
  }, [connection.firesight])
  const uploads = useUploads(connection, {
    onStart: (imageId, index) => index === 0 && open(imageId),
    onReject: notify,
  })
  const add = useCallback(
    (files: File[]) => {
      setNotices([])
      uploads.add(files).catch((error: Error) => notify(`Could not add the photo: ${error.message}`))
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
    close(imageId)
  }
  const shown = recent?.filter(({ imageId }) => !deleted.has(imageId))

  return (
    <>
      <Header>{openId !== undefined && <AddButtons add={add} notify={notify} compact />}</Header>
      <Notices notices={notices} dismiss={() => setNotices([])} />
      <main>
        {openId === undefined ? (
          <Welcome add={add} notify={notify} />
        ) : otherId !== undefined ? (
          <ComparePage
            key={openIds.join()}
            connection={connection}
            imageIds={[openId, otherId]}
            added={uploads.photos}
          />
        ) : (
          <PhotoPage
            key={openId}
            connection={connection}
            imageId={openId}
            added={uploads.photos}
            photos={shown ?? []}
            layers={layers}
            setLayers={setLayers}
            cancel={() => {
              uploads.cancel(openId)
              close(openId)
            }}
            remove={remove}
          />
        )}
        <RecentStrip
          title="Your photos"
          connection={connection}
          photos={shown}
          local={uploads.photos}
          openIds={openIds}
          addressOf={addressOf}
          remove={remove}
        />
      </main>
      <footer class="footer">
        {connection.usesEmulators && (
          <p>
            Connected to the local emulators.{' '}
            {connection.usesLocalGemini && 'The local Gemini API recognizes only colours and shapes.'}
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
