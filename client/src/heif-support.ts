/** What is used of the DOM. This package also runs outside browsers. */
type Image = {
  src: string
  addEventListener(type: 'load' | 'error', listener: () => void): void
}
type Dom = { createElement(name: 'img'): Image }

/** 64 x 64 pixels of grey. */
const HEIC =
  'data:image/heic;base64,' +
  'AAAAGGZ0eXBoZWljAAAAAGhlaWNtaWYxAAABQW1ldGEAAAAAAAAAIWhkbHIAAAAAAAAAAHBpY3QAAAAAAAAAAAAAAAAAAAAA' +
  'DnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABYQAAABAAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABo' +
  'dmMxAAAAAMVpcHJwAAAApGlwY28AAAB4aHZjQwEDcAAAAAAAAAAAAB7wAPz9+PgAAA8DoAABABhAAQwB//8DcAAAAwCQAAAD' +
  'AAADAB66AkChAAEAK0IBAQNwAAADAJAAAAMAAAMAHqAggQWW6kkprm4EBAwIAAADAAgAAAMACECiAAEAB0QBwXKwIkAAAAAU' +
  'aXNwZQAAAAAAAABAAAAAQAAAABBwaXhpAAAAAAMICAgAAAAZaXBtYQAAAAEAAAABAAEDgAEAAgADAAAAGG1kYXQAAAAMKAGv' +
  'E4DmzsPhIKuu'

let answer: Promise<boolean> | undefined

/**
 * Whether this browser shows HEIC and HEIF images, as Safari does since version 17: it decodes a small one.
 * https://webkit.org/blog/14445/webkit-features-in-safari-17-0/, 2026-11. False outside a browser.
 */
export async function canShowHeif(): Promise<boolean> {
  const { document } = globalThis as { document?: Dom }
  if (!document) return false
  answer ??= new Promise((resolve) => {
    const image = document.createElement('img')
    image.addEventListener('load', () => resolve(true))
    image.addEventListener('error', () => resolve(false))
    image.src = HEIC
  })
  return answer
}
