import type { StoredPhoto } from '@firesight/client'
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { addressOf, MAX_COMPARED } from '../app/route.ts'
import type { Connection } from '../firebase.ts'
import { useKey } from '../parts/use-key.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { LabelFilter } from './label-filter.tsx'
import { LoadMore } from './load-more.tsx'
import { tileAfterKey } from './move-focus.ts'
import { countLabels, focusAfterRemoval, groupByDay } from './photo-order.ts'
import { photosText } from './photo-text.ts'
import { SelectionBar } from './selection-bar.tsx'
import { focusTile, Tile, TileSkeletons, useFocusRequest } from './tile.tsx'
import type { PhotoList } from './use-photo-list.ts'
import { useSelection } from './use-selection.ts'

type Props = {
  connection: Connection
  /** The photos to show: all of the user, or those with `label`. */
  list: PhotoList
  label: string | undefined
  /** All loaded photos, for the suggested labels. */
  all: readonly StoredPhoto[]
  local: ReadonlyMap<string, LocalPhoto>
  /** The number of photos at the last visit. */
  expected: number
  /** The photo to focus, for example after its page was closed. */
  focusId: string | undefined
  onFocused: () => void
  remove: (photos: readonly StoredPhoto[]) => void
}

/** The user's photos on the home page, grouped by day. */
export function Gallery(props: Props) {
  const { connection, list, label, all, local, expected, focusId, onFocused, remove } = props
  const photos = list.photos ?? []
  const ids = photos.map(({ imageId }) => imageId)
  const selection = useSelection(ids)
  const [tabStop, setTabStop] = useState<string>()
  const grid = useRef<HTMLDivElement>(null)
  const search = useRef<HTMLInputElement>(null)
  const days = useMemo(() => groupByDay(photos, new Date()), [list.photos])
  const labels = useMemo(() => countLabels(all), [all])
  useFocusRequest(focusId, focusId !== undefined && ids.includes(focusId), onFocused)

  useKey(
    '/',
    useCallback(() => search.current?.focus(), []),
  )

  const isSelecting = selection.ids.size > 0
  const current = tabStop !== undefined && ids.includes(tabStop) ? tabStop : ids[0]
  const selected = photos.filter(({ imageId }) => selection.ids.has(imageId))

  /** Deletes photos, and moves the focus to the next one. */
  const removeAll = (removed: readonly StoredPhoto[]) => {
    const next = focusAfterRemoval(photos, new Set(removed.map(({ imageId }) => imageId)))
    selection.clear()
    if (next === undefined) search.current?.focus()
    else focusTile(next)
    remove(removed)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const tiles = [...(grid.current?.querySelectorAll<HTMLElement>('.tile[data-image-id]') ?? [])]
    const index = tiles.findIndex((tile) => tile.contains(document.activeElement))
    const photo = photos.find(({ imageId }) => imageId === tiles[index]?.dataset.imageId)
    if (!photo || event.altKey) return
    const hasCommand = event.ctrlKey || event.metaKey
    const isCheckbox = document.activeElement instanceof HTMLInputElement
    const next = hasCommand ? undefined : tileAfterKey(tiles.map(placeOf), index, event.key)
    if (next !== undefined) focusTile(tiles[next]?.dataset.imageId ?? '')
    else if (hasCommand && event.key.toLowerCase() === 'a') selection.selectAll()
    else if (hasCommand) return
    else if (event.key === 'x' || (event.key === ' ' && !isCheckbox))
      selection.toggle(photo.imageId, event.shiftKey)
    else if (event.key === 'Delete')
      removeAll(selection.ids.has(photo.imageId) || isSelecting ? selected : [photo])
    else return
    event.preventDefault()
  }

  useEffect(() => {
    if (!isSelecting) return undefined
    const clear = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) selection.clear()
    }
    addEventListener('keydown', clear)
    return () => removeEventListener('keydown', clear)
  }, [isSelecting])

  const count = photosText(photos.length).replace(' ', list.hasMore ? '+ ' : ' ')
  return (
    <section class="gallery" aria-labelledby="gallery-title">
      <div class="gallery-head">
        <h1 id="gallery-title" class="gallery-title">
          {label === undefined ? 'Your photos' : 'Photos with'}
          {label !== undefined && <span class="gallery-label">{label}</span>}
        </h1>
        <p class="quiet gallery-count" role="status">
          {list.photos ? count : 'Loading…'}
        </p>
      </div>
      <LabelFilter searchField={search} label={label} labels={labels} />
      {isSelecting && (
        <SelectionBar
          count={selection.ids.size}
          isAll={selection.ids.size === photos.length}
          hasMore={list.hasMore}
          selectAll={selection.selectAll}
          clear={() => {
            selection.clear()
            if (current !== undefined) focusTile(current)
          }}
          compareProblem={compareProblem(selected)}
          compare={() => {
            location.hash = addressOf(...selected.map(({ imageId }) => imageId))
          }}
          remove={() => removeAll(selected)}
        />
      )}
      <div ref={grid} class={isSelecting ? 'days days-selecting' : 'days'} onKeyDown={onKeyDown}>
        {!list.photos && <TileSkeletons count={Math.max(expected, 1)} />}
        {days.map((day) => (
          <section key={day.title} class="day" aria-label={day.title}>
            <h2 class="day-title">{day.title}</h2>
            <ul class="tiles">
              {day.photos.map((photo) => (
                <Tile
                  key={photo.imageId}
                  photo={photo}
                  firesight={connection.firesight}
                  local={local.get(photo.imageId)}
                  isTabStop={photo.imageId === current}
                  isSelected={selection.ids.has(photo.imageId)}
                  isSelecting={isSelecting}
                  onToggle={(isRange) => selection.toggle(photo.imageId, isRange)}
                  onFocus={() => setTabStop(photo.imageId)}
                />
              ))}
            </ul>
          </section>
        ))}
      </div>
      {label !== undefined && list.photos?.length === 0 && <NoMatch label={label} />}
      <LoadMore list={list} />
    </section>
  )
}

function NoMatch({ label }: { label: string }) {
  return (
    <div class="gallery-empty">
      <p>
        None of your photos has the label “{label}”. Labels are whole words: choose one of the suggestions.
      </p>
      <a class="button button-small" href="#">
        Show all photos
      </a>
    </div>
  )
}

function placeOf(tile: HTMLElement): { left: number; top: number } {
  const { left, top } = tile.getBoundingClientRect()
  return { left: Math.round(left), top: Math.round(top) }
}

/** Why these photos cannot be compared. */
function compareProblem(selected: readonly StoredPhoto[]): string | undefined {
  if (selected.length < 2) return 'Select another photo to compare'
  if (selected.length > MAX_COMPARED) return `At most ${MAX_COMPARED} photos can be compared`
  const unread = selected.filter(({ annotation }) => !annotation.image).length
  return unread > 0 ? `${photosText(unread)} cannot be compared` : undefined
}
