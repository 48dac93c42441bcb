import type { ComponentType } from 'preact'
import { useState } from 'preact/hooks'
import { ExportIcon } from '../parts/icons.tsx'
import type { ExportProps } from './export-dialog.tsx'

type Dialog = ComponentType<ExportProps & { onClose: () => void }>

/** Opens the dialog of all exports. Its code is loaded on the first click. */
export function ExportButton(props: ExportProps) {
  const [Dialog, setDialog] = useState<Dialog>()
  const [isOpen, setOpen] = useState(false)
  const [error, setError] = useState<Error>()
  const open = async () => {
    setError(undefined)
    try {
      const { ExportDialog } = await import('./export-dialog.tsx')
      setDialog(() => ExportDialog)
      setOpen(true)
    } catch (failure) {
      setError(failure as Error)
    }
  }
  return (
    <>
      <button type="button" class="button button-small" aria-haspopup="dialog" onClick={() => void open()}>
        <ExportIcon />
        Export
      </button>
      {error && (
        <p role="alert" class="call-failed">
          Cannot open the export: {error.message}
        </p>
      )}
      {Dialog && isOpen && <Dialog {...props} onClose={() => setOpen(false)} />}
    </>
  )
}
