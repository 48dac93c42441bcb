import { useEffect, useRef, useState } from 'preact/hooks'

type Props = { onPhoto: (file: File) => void; onClose: () => void }

/** Takes a photo with the camera of the computer. */
export function CameraDialog({ onPhoto, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const [problem, setProblem] = useState<string>()
  const [isLive, setLive] = useState(false)
  const isTaken = useRef(false)

  useEffect(() => {
    dialog.current?.showModal()
    const opening = openCamera()
    opening.then(
      (stream) => {
        if (video.current) video.current.srcObject = stream
        return stream
      },
      (error: Error) => setProblem(cameraProblem(error)),
    )
    // Stops the camera also if the permission is granted after the dialog was closed.
    return () => void opening.then(stopCamera, () => undefined)
  }, [])

  const take = async () => {
    // The second click of a double click comes before the dialog is closed.
    if (!video.current || isTaken.current) return
    isTaken.current = true
    const jpeg = await frameOf(video.current)
    dialog.current?.close()
    if (jpeg) onPhoto(new File([jpeg], 'camera.jpg', { type: 'image/jpeg' }))
  }

  return (
    <dialog ref={dialog} class="dialog" aria-label="Take a photo" onClose={onClose}>
      {problem ? (
        <p role="alert">{problem}</p>
      ) : (
        <video ref={video} autoplay playsInline muted onLoadedData={() => setLive(true)} />
      )}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {problem ? 'Close' : 'Cancel'}
        </button>
        {!problem && (
          <button type="button" class="button button-primary" disabled={!isLive} onClick={() => void take()}>
            {isLive ? 'Take photo' : 'Starting the camera…'}
          </button>
        )}
      </div>
    </dialog>
  )
}

/** Rejects also on pages without TLS, where browsers have no `mediaDevices`. */
async function openCamera(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1440 } },
  })
}

function stopCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

async function frameOf(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92))
}

function cameraProblem({ name, message }: Error): string {
  if (name === 'NotAllowedError')
    return 'Camera access is blocked. Allow it in the address bar of the browser, then try again.'
  if (name === 'NotFoundError') return 'No camera found. Connect a camera, or choose a photo instead.'
  return `Could not open the camera (${message}). Close other apps that use it, or choose a photo instead.`
}
