import type { StoredPhoto } from '@firesight/client'
import type { ComponentChild } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { addressOf, addressOfLabel } from '../app/route.ts'
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
      const target = event.key === 'ArrowLeft' ? previous : event.key === 'ArrowRight' ? next : undefined
      if (target !== undefined) location.hash = addressOf(target)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [previous, next])
  return (
    <nav class="photo-nav" aria-label="Photos">
      <a class="button button-bare" href={label === undefined ? '#' : addressOfLabel(label)}>
        <BackIcon />
        {label === undefined ? 'All photos' : `Photos with “${label}”`}
      </a>
      {index >= 0 && photos.length > 1 && (
        <span class="photo-nav-steps">
          <Step imageId={previous} name="Previous photo" icon={<PreviousIcon />} />
          <Step imageId={next} name="Next photo" icon={<NextIcon />} />
        </span>
      )}
    </nav>
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
