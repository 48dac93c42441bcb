import { useState } from 'preact/hooks'
import { MAX_COMPARED } from '../app/route.ts'
import type { Connection } from '../firebase.ts'
import { CompareIcon } from '../parts/icons.tsx'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { PhotoPicker } from './photo-picker.tsx'

type Props = {
  connection: Connection
  /** The open photo, or the photos that are compared already. */
  imageIds: readonly string[]
  /** The photos that were added since the page was loaded. */
  added: ReadonlyMap<string, LocalPhoto>
}

/** Opens a dialog to choose the photos to compare with. */
export function CompareButton({ imageIds, ...picker }: Props) {
  const [isOpen, setOpen] = useState(false)
  const isComparing = imageIds.length > 1
  if (imageIds.length >= MAX_COMPARED)
    return <p class="quiet">A comparison has at most {MAX_COMPARED} photos.</p>
  return (
    <>
      <button type="button" class="button button-small" onClick={() => setOpen(true)}>
        <CompareIcon />
        {isComparing ? 'Add photo' : 'Compare'}
      </button>
      {isOpen && <PhotoPicker {...picker} chosen={imageIds} onClose={() => setOpen(false)} />}
    </>
  )
}
