import type { StoredPhoto } from '@firesight/client'
import type { ComponentChild } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { addressOf, addressOfLabel, openIdsOf, parseRoute } from '../app/route.ts'
import { BackIcon, NextIcon, PreviousIcon } from '../parts/icons.tsx'
import { isTyping } from '../parts/is-typing.ts'

type Props = {
  imageId: string
  photos: readonly StoredPhoto[]
  /** The filter of the list from which the photo was opened. */
  label: string | undefined
}

/** On the page of a photo: back to the list, and to the previous and the next photo, also by arrow keys. */
export function PhotoNavigation({ imageId, photos, label }: Props) {
  const index = photos.findIndex((photo) => photo.imageId === imageId)
  const previous = index > 0 ? photos[index - 1]?.imageId : undefined
  const next = index >= 0 ? photos[index + 1]?.imageId : undefined
  // Before the first paint, so that a key that is pressed at once is not lost.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey
      // The viewer handles the arrow keys itself while the photo is enlarged.
      if (!isPlain || event.defaultPrevented || isTyping(event.target)) return
      if (document.querySelector('dialog[open]')) return
      // A focused code block scrolls with the arrow keys.
      if (event.target instanceof Element && event.target.closest('pre')) return
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
      if (step === undefined) return
      // The address changes before the page: the next key may be pressed in between.
      const [open] = openIdsOf(parseRoute(location.hash))
      const at = photos.findIndex((photo) => photo.imageId === open)
      const target = at < 0 ? undefined : photos[at + step]?.imageId
      if (target !== undefined) location.hash = addressOf(target)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [photos])
  return (
    <nav class="photo-nav" aria-label="Photos">
      <BackLink label={label} />
      {index >= 0 && photos.length > 1 && (
        <span class="photo-nav-steps">
          <Step imageId={previous} name="Previous photo" icon={<PreviousIcon />} />
          <Step imageId={next} name="Next photo" icon={<NextIcon />} />
        </span>
      )}
    </nav>
  )
}

/** Back to the list, from a photo or from a comparison. */
export function BackLink({ label }: Pick<Props, 'label'>) {
  return (
    <a class="button button-bare" href={label === undefined ? '#' : addressOfLabel(label)}>
      <BackIcon />
      {label === undefined ? 'All photos' : `Photos with “${label}”`}
    </a>
  )
}

type StepProps = { imageId: string | undefined; name: string; icon: ComponentChild }

function Step({ imageId, name, icon }: StepProps) {
  return imageId === undefined ? (
    <span class="button button-bare photo-nav-none" role="link" aria-disabled="true" aria-label={name}>
      {icon}
    </span>
  ) : (
    <a class="button button-bare" href={addressOf(imageId)} aria-label={name} title={name}>
      {icon}
    </a>
  )
}
