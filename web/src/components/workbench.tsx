import { useCallback, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import { useDrop } from '../hooks/use-drop.ts'
import { useOpenPhoto } from '../hooks/use-open-photo.ts'
import { useRecent } from '../hooks/use-recent.ts'
import { useUploads } from '../hooks/use-uploads.ts'
import { AddButtons } from './add-buttons.tsx'
import { DropVeil } from './drop-veil.tsx'
import { Header } from './header.tsx'
import type { Layers } from './layer-toggles.tsx'
import { Notices } from './notices.tsx'
import { PhotoPage } from './photo-page.tsx'
import { RecentStrip } from './recent-strip.tsx'
import { Welcome } from './welcome.tsx'

/** Everything there is to do once connected: add photos, look at one, go back to earlier ones. */
export function Workbench({ connection }: { connection: Connection }) {
  const { openId, open, close } = useOpenPhoto()
  const [notices, setNotices] = useState<string[]>([])
  const [layers, setLayers] = useState<Layers>({ overlay: true, boxes: true, labels: true })
  const [deleted, setDeleted] = useState<ReadonlySet<string>>(new Set())

  const notify = useCallback((text: string) => setNotices((before) => [...before, text]), [])
  const recent = useRecent(
    connection,
    useCallback((error: Error) => notify(`Your earlier photos could not be listed: ${error.message}`), []),
  )
  const uploads = useUploads(connection, {
    onStart: (imageId, index) => index === 0 && open(imageId),
    onRefusal: notify,
  })
  const add = useCallback(
    (files: File[]) => {
      setNotices([])
      uploads.add(files).catch((error: Error) => notify(`The photo could not be added: ${error.message}`))
    },
    [uploads.add],
  )
  const isOver = useDrop(add)

  const remove = async (imageId: string, name: string) => {
    try {
      await connection.firesight.remove(name)
    } catch (error) {
      return notify(`The photo could not be deleted: ${(error as Error).message}`)
    }
    setDeleted((before) => new Set(before).add(imageId))
    close(imageId)
  }
  const shown = recent?.filter(({ imageId }) => !deleted.has(imageId))

  return (
    <>
      <Header>{openId !== null && <AddButtons add={add} notify={notify} compact />}</Header>
      <Notices notices={notices} dismiss={() => setNotices([])} />
      <main>
        {openId === null ? (
          <Welcome add={add} notify={notify} />
        ) : (
          <PhotoPage
            key={openId}
            connection={connection}
            imageId={openId}
            local={uploads.photos.get(openId)}
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
          connection={connection}
          photos={shown}
          local={uploads.photos}
          openId={openId}
          remove={remove}
        />
      </main>
      <footer class="footer">
        {connection.usesEmulators && (
          <p>
            Running in the local emulators.{' '}
            {connection.usesLocalGemini && 'The model is a local one that looks at colours and shapes only.'}
          </p>
        )}
      </footer>
      {isOver && <DropVeil />}
    </>
  )
}
