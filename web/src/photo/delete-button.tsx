import { useState } from 'preact/hooks'
import { TrashIcon } from '../parts/icons.tsx'

export function DeleteButton({ remove }: { remove: () => Promise<void> }) {
  const [isBusy, setBusy] = useState(false)
  const run = () => {
    setBusy(true)
    void remove().finally(() => setBusy(false))
  }
  return (
    <button type="button" class="button button-small" disabled={isBusy} onClick={run}>
      <TrashIcon />
      {isBusy ? 'Deleting…' : 'Delete'}
    </button>
  )
}
