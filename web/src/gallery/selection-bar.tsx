import { CloseIcon, CompareIcon, TrashIcon } from '../parts/icons.tsx'

type Props = {
  count: number
  /** Whether all loaded photos are selected. */
  isAll: boolean
  /** Whether there are photos that are not loaded. */
  hasMore: boolean
  selectAll: () => void
  clear: () => void
  /** Why the photos cannot be compared; undefined if they can. */
  compareProblem: string | undefined
  compare: () => void
  remove: () => void
}

/** What can be done with the selected photos. */
export function SelectionBar(props: Props) {
  const { count, isAll, hasMore, selectAll, clear, compareProblem, compare, remove } = props
  return (
    <div class="selection-bar" role="toolbar" aria-label="Selected photos">
      <button type="button" class="button button-bare" aria-label="Clear the selection" onClick={clear}>
        <CloseIcon />
      </button>
      <p class="selection-count" role="status">
        {count} selected
      </p>
      {!isAll && (
        <button type="button" class="button button-bare selection-all" onClick={selectAll}>
          Select all{hasMore && <span class="selection-loaded"> loaded</span>}
        </button>
      )}
      <span class="selection-actions">
        {compareProblem !== undefined && <span class="quiet selection-hint">{compareProblem}</span>}
        <button
          type="button"
          class="button button-small"
          disabled={compareProblem !== undefined}
          title={compareProblem}
          onClick={compare}
        >
          <CompareIcon />
          Compare
        </button>
        <button type="button" class="button button-small" onClick={remove}>
          <TrashIcon />
          Delete
        </button>
      </span>
    </div>
  )
}
