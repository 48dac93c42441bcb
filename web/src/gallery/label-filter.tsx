import type { RefObject } from 'preact'
import { useId, useLayoutEffect, useState } from 'preact/hooks'
import { addressOfLabel } from '../app/route.ts'
import { CloseIcon, SearchIcon } from '../parts/icons.tsx'

type Props = {
  searchField: RefObject<HTMLInputElement | null>
  label: string | undefined
  /** The labels of the loaded photos, the most frequent first. */
  labels: readonly (readonly [label: string, count: number])[]
}

/** More would not fit in two lines of a phone. */
const MOST_FREQUENT = 8

/** The search field, the active filter, and the most frequent labels. */
export function LabelFilter({ searchField, label, labels }: Props) {
  const [text, setText] = useState('')
  const listId = useId()
  // useEffect() may run after the next key, and delete its character.
  useLayoutEffect(() => setText(''), [label])
  const submit = (event: Event) => {
    event.preventDefault()
    if (text.trim() !== '') location.hash = addressOfLabel(bestMatch(text, labels))
  }
  return (
    <div class="filter">
      <form class="search" role="search" onSubmit={submit}>
        <SearchIcon />
        <input
          ref={searchField}
          class="search-text"
          type="search"
          aria-label="Filter by label"
          placeholder="Filter by label"
          aria-keyshortcuts="/"
          autocomplete="off"
          enterkeyhint="search"
          maxLength={80}
          list={listId}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <datalist id={listId}>
          {labels.map(([known]) => (
            <option key={known} value={known} />
          ))}
        </datalist>
        <kbd class="search-key" aria-hidden="true">
          /
        </kbd>
      </form>
      <ul class="filter-labels" aria-label="Labels">
        {label !== undefined && (
          <li>
            <a
              class="filter-chip filter-chip-active"
              href="#"
              aria-label={`Remove the filter “${label}”`}
              title={label}
            >
              <span class="filter-chip-label">{label}</span>
              <CloseIcon />
            </a>
          </li>
        )}
        {labels
          .filter(([known]) => known !== label)
          .slice(0, MOST_FREQUENT)
          .map(([known, count]) => (
            <li key={known}>
              <a class="filter-chip" href={addressOfLabel(known)} title={known}>
                <span class="filter-chip-label">{known}</span> <span class="filter-chip-count">{count}</span>
              </a>
            </li>
          ))}
      </ul>
    </div>
  )
}

/** The text, or the only known label that starts with it. */
function bestMatch(text: string, labels: Props['labels']): string {
  const typed = text.trim().toLowerCase()
  const starting = labels.filter(([known]) => known.startsWith(typed))
  return starting.length === 1 ? starting[0]![0] : typed
}
