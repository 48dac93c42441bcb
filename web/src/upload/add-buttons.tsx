import { ACCEPT } from '@firesight/client'
import { useRef, useState } from 'preact/hooks'
import { CameraIcon, PhotoIcon } from '../parts/icons.tsx'
import { CameraDialog } from './camera-dialog.tsx'

type Props = { add: (files: File[]) => void; compact?: boolean }

/** The buttons that add a photo. */
export function AddButtons({ add, compact = false }: Props) {
  const chooser = useRef<HTMLInputElement>(null)
  const phoneCamera = useRef<HTMLInputElement>(null)
  const [isCameraOpen, setCameraOpen] = useState(false)

  const addChosen = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    const files = [...(currentTarget.files ?? [])]
    currentTarget.value = '' // Otherwise choosing the same file again fires no event.
    if (files.length > 0) add(files)
  }
  const takePhoto = () => {
    // On phones, `capture` opens the camera app. On computers it would only open a file dialog.
    if (matchMedia('(pointer: coarse)').matches) phoneCamera.current?.click()
    else setCameraOpen(true)
  }

  return (
    <div class={compact ? 'add add-compact' : 'add'}>
      <button type="button" class="button button-primary" onClick={() => chooser.current?.click()}>
        <PhotoIcon />
        Choose a photo
      </button>
      <button type="button" class="button" onClick={takePhoto}>
        <CameraIcon />
        Take a photo
      </button>
      <input ref={chooser} type="file" accept={ACCEPT} multiple hidden onChange={addChosen} />
      <input
        ref={phoneCamera}
        type="file"
        accept="image/*"
        capture="environment"
        hidden
        onChange={addChosen}
      />
      {isCameraOpen && <CameraDialog onPhoto={(file) => add([file])} onClose={() => setCameraOpen(false)} />}
    </div>
  )
}
