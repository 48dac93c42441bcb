import type { Annotation, Firesight } from '@firesight/client'

/** Shows the overlay on top of the photo. Both have the size of the upright image. */
export async function show(firesight: Firesight, annotation: Annotation, place: HTMLElement): Promise<void> {
  const urls = await Promise.all([firesight.photoUrl(annotation), firesight.overlayUrl(annotation)])
  for (const [index, url] of urls.entries()) {
    if (url === null) continue
    const image = document.createElement('img')
    image.src = url
    image.alt = index === 0 ? (annotation.altText ?? '') : ''
    image.style.cssText = 'grid-area: 1 / 1; width: 100%'
    place.append(image)
  }
  place.style.display = 'grid'
}
