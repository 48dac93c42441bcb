import type { Box } from './marks.ts'

type Size = { width: number; height: number }

/**
 * The overlay, in the size of the upright photo. Highlights one object by fading everything outside its
 * `box`.
 */
export function Overlay({ url, image, box }: { url: string; image: Size; box: Box | undefined }) {
  return (
    <>
      <img class={box ? 'overlay overlay-faded' : 'overlay'} src={url} alt="" />
      {box && <img class="overlay" src={url} alt="" style={{ clipPath: insetOf(box, image) }} />}
    </>
  )
}

function insetOf(box: Box, image: Size): string {
  const top = box.y / image.height
  const right = 1 - (box.x + box.width) / image.width
  const bottom = 1 - (box.y + box.height) / image.height
  const left = box.x / image.width
  return `inset(${[top, right, bottom, left].map((part) => `${(part * 100).toFixed(3)}%`).join(' ')})`
}
