/** What is used of the DOM. This package also runs outside browsers. */
type DomElement = {
  type: string
  src: string
  srcset: string
  append(...children: DomElement[]): void
  addEventListener(type: 'load' | 'error', listener: () => void): void
}
type Dom = { createElement(name: 'picture' | 'source' | 'img'): DomElement }

const ONE_PIXEL = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'

let answer: Promise<boolean> | undefined

/**
 * Whether this browser shows HEIC and HEIF images, as Safari does since version 17. Downloads nothing.
 * https://webkit.org/blog/14445/webkit-features-in-safari-17-0/, 2026-11. False outside a browser.
 */
export async function canShowHeif(): Promise<boolean> {
  const { document } = globalThis as { document?: Dom }
  if (!document) return false
  answer ??= new Promise((resolve) => {
    const [picture, source, image] = (['picture', 'source', 'img'] as const).map((name) =>
      document.createElement(name),
    ) as [DomElement, DomElement, DomElement]
    // Browsers skip a source of an unknown type and load the image. This source cannot be loaded.
    source.type = 'image/heic'
    source.srcset = 'data:,'
    image.addEventListener('load', () => resolve(false))
    image.addEventListener('error', () => resolve(true))
    picture.append(source, image)
    image.src = ONE_PIXEL
  })
  return answer
}
