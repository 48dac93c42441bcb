import type { StoredPhoto } from '@firesight/client'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import { BackLink, PhotoNavigation } from '../gallery/photo-navigation.tsx'
import { focusAfterRemoval } from '../gallery/photo-order.ts'
import { UndoToast } from '../gallery/undo-toast.tsx'
import { useDeletions } from '../gallery/use-deletions.ts'
import { useExpectedCount } from '../gallery/use-expected-count.ts'
import { usePhotoList } from '../gallery/use-photo-list.ts'
import { useVisible } from '../gallery/use-visible.ts'
import { KeyboardIcon } from '../parts/icons.tsx'
import { lazy } from '../parts/lazy.tsx'
import { useKey } from '../parts/use-key.ts'
import { useSize } from '../parts/use-size.ts'
import { AddButtons } from '../upload/add-buttons.tsx'
import { OfflineBanner } from '../upload/offline-banner.tsx'
import { UploadIndicator } from '../upload/upload-indicator.tsx'
import { useDrop } from '../upload/use-drop.ts'
import { useUploads } from '../upload/use-uploads.ts'
import { Footer } from './footer.tsx'
import { Header } from './header.tsx'
import { HomePage } from './home-page.tsx'
import { Notices } from './notices.tsx'
import { addressOf, addressOfLabel, openIdsOf } from './route.ts'
import { useDetector } from './use-detector.ts'
import { useNotices } from './use-notices.ts'
import { closeAll, closePhoto, openPhoto, useRoute } from './use-route.ts'
import { useScroll } from './use-scroll.ts'

const PhotoPage = lazy(async () => (await import('../photo/photo-page.tsx')).PhotoPage)
const ComparePage = lazy(async () => (await import('../compare/compare-page.tsx')).ComparePage)
const ShortcutsDialog = lazy(async () => (await import('../gallery/shortcuts-dialog.tsx')).ShortcutsDialog)

/** The page of a signed-in user: adds photos, and shows one, several to compare, or the home page. */
export function Workbench({ connection }: { connection: Connection }) {
  const route = useRoute()
  const page = route.page === 'home' ? `home ${route.label ?? ''}` : addressOf(...openIdsOf(route))
  const notices = useNotices(page)
  const [attachBanner, banner] = useSize()
  const [attachNotices, noticeArea] = useSize()
  const messagesHeight = (banner?.height ?? 0) + (noticeArea?.height ?? 0)
  const [hasShortcuts, setShortcuts] = useState(false)
  const [focusId, setFocusId] = useState<string>()
  const [queueCalls, setQueueCalls] = useState(0)
  const main = useRef<HTMLElement>(null)

  const { notify, dismiss } = notices
  const uploads = useUploads(connection, {
    openPhoto,
    showQueue: () => {
      closeAll()
      setQueueCalls((calls) => calls + 1)
    },
    onRefusal: notify,
  })
  const add = useCallback(
    (files: File[]) => {
      dismiss()
      uploads.add(files)
    },
    [uploads.add],
  )
  const isOver = useDrop(add)

  // An open photo belongs to the list from which it was opened.
  const listLabel = useRef<string>(undefined)
  if (route.page === 'home') listLabel.current = route.label
  const label = listLabel.current
  const deletions = useDeletions(connection, notify)
  const onError = (error: Error) => notify(`Could not load your photos: ${error.message}`)
  const { hidden } = deletions
  const all = useVisible(usePhotoList(connection.firesight, undefined, true, onError), hidden)
  const labelled = useVisible(usePhotoList(connection.firesight, label, label !== undefined, onError), hidden)
  const list = label === undefined ? all : labelled

  const remove = (photos: readonly StoredPhoto[]) =>
    deletions.remove(photos.map(({ imageId, annotation: { name } }) => ({ imageId, name })))
  const removeOpen = async (imageId: string, name: string) => {
    setFocusId(focusAfterRemoval(list.photos ?? [], new Set([imageId])))
    deletions.remove([{ imageId, name }])
    if (route.page === 'photo' && label !== undefined) location.hash = addressOfLabel(label)
    else closePhoto(imageId)
  }

  useScroll(page, route.page === 'home')
  const lastPage = useRef(page)
  useEffect(() => {
    const [, before] = /^#([\w-]{43})$/.exec(lastPage.current) ?? []
    const hasChanged = lastPage.current !== page
    lastPage.current = page
    if (!hasChanged) return
    if (route.page === 'home' && before !== undefined) setFocusId((wanted) => wanted ?? before)
    // The focused element was on the page before.
    else if (document.activeElement === document.body) main.current?.focus({ preventScroll: true })
  }, [page])
  // A photo that the list does not have cannot be focused, and must not wait for its page of the list.
  const isLoaded = list.photos !== undefined
  useEffect(() => {
    if (focusId === undefined || route.page !== 'home' || !list.photos) return
    if (list.photos.some(({ imageId }) => imageId === focusId)) return
    setFocusId(undefined)
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true })
  }, [focusId, page, isLoaded])
  // The queue is at the top of the home page.
  const handledCalls = useRef(0)
  useEffect(() => {
    if (route.page !== 'home' || handledCalls.current === queueCalls) return
    handledCalls.current = queueCalls
    scrollTo(0, 0)
  }, [page, queueCalls])
  useKey(
    '?',
    useCallback(() => setShortcuts(true), []),
  )
  const usesDetector = useDetector(connection, all.photos)
  const expected = useExpectedCount(connection.uid, all.photos?.length)
  const hasPhotos = all.photos ? all.photos.length > 0 || all.hasMore : expected > 0
  const isWelcome = route.page === 'home' && route.label === undefined && !hasPhotos
  const wasWelcome = useRef(isWelcome)
  useEffect(() => {
    // The focused element was in the gallery, which disappears with its last photo.
    if (isWelcome && !wasWelcome.current && document.activeElement === document.body)
      main.current?.focus({ preventScroll: true })
    wasWelcome.current = isWelcome
  }, [isWelcome])

  return (
    <>
      <Header>
        {route.page !== 'home' && <UploadIndicator uploads={uploads} />}
        {!isWelcome && <AddButtons add={add} compact />}
        <button
          type="button"
          class="button button-bare keyboard-button"
          aria-label="Keyboard shortcuts"
          title="Keyboard shortcuts (?)"
          onClick={() => setShortcuts(true)}
        >
          <KeyboardIcon />
        </button>
      </Header>
      <OfflineBanner attach={attachBanner} />
      <Notices attach={attachNotices} notices={notices.texts} dismiss={dismiss} />
      <main ref={main} tabIndex={-1} style={{ '--messages': `${messagesHeight}px` }}>
        {route.page === 'home' ? (
          <HomePage
            connection={connection}
            all={all}
            list={list}
            label={label}
            uploads={uploads}
            hasPhotos={hasPhotos}
            expected={expected}
            focusId={focusId}
            onFocused={() => setFocusId(undefined)}
            add={add}
            notify={notify}
            remove={remove}
          />
        ) : route.page === 'comparison' ? (
          <>
            <nav class="photo-nav" aria-label="Photos">
              <BackLink label={label} />
            </nav>
            <ComparePage
              key={route.imageIds.join()}
              connection={connection}
              imageIds={route.imageIds}
              added={uploads.photos}
            />
          </>
        ) : (
          <>
            <PhotoNavigation imageId={route.imageId} photos={list.photos ?? []} label={label} />
            <PhotoPage
              key={route.imageId}
              connection={connection}
              imageId={route.imageId}
              added={uploads.photos}
              photos={all.photos ?? []}
              usesDetector={usesDetector}
              isDeleted={deletions.hidden.has(route.imageId)}
              cancel={() => {
                uploads.cancel(route.imageId)
                closePhoto(route.imageId)
              }}
              retry={() => uploads.retry(route.imageId)}
              remove={removeOpen}
            />
          </>
        )}
      </main>
      <Footer connection={connection} usesDetector={usesDetector} />
      <UndoToast deletions={deletions} onUndone={setFocusId} />
      {hasShortcuts && <ShortcutsDialog onClose={() => setShortcuts(false)} />}
      {isOver && (
        <div class="veil">
          <p>Drop anywhere to upload</p>
        </div>
      )}
    </>
  )
}
