import type { Annotation, Firesight } from '@firesight/client'

/** Shows a photo with the boxes of its objects. Percentages keep them in place at any size of the photo. */
export async function showBoxes(
  firesight: Firesight,
  annotation: Annotation,
  place: HTMLElement,
): Promise<void> {
  const url = await firesight.photoUrl(annotation)
  if (url === null || !annotation.image) return // There is no picture to show yet.
  const { width, height } = annotation.image
  const photo = document.createElement('img')
  photo.src = url
  photo.alt = annotation.altText ?? ''
  photo.style.cssText = 'display: block; width: 100%'
  const frames = (annotation.objects ?? []).map(({ label, box }) => {
    const frame = document.createElement('div')
    frame.textContent = label // Text, never HTML: the label comes from a model.
    frame.style.cssText = 'position: absolute; border: 2px solid orangered'
    frame.style.left = `${(100 * box.x) / width}%`
    frame.style.top = `${(100 * box.y) / height}%`
    frame.style.width = `${(100 * box.width) / width}%`
    frame.style.height = `${(100 * box.height) / height}%`
    return frame
  })
  place.style.position = 'relative'
  place.replaceChildren(photo, ...frames)
}
