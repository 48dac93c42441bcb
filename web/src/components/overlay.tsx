import type { StoredObject } from '@firesight/client'

type Size = { width: number; height: number }

/** The overlay has the photo's own upright size. One object is pointed out by fading all but its box. */
export function Overlay({
  url,
  image,
  object,
}: {
  url: string
  image: Size
  object: StoredObject | undefined
}) {
  return (
    <>
      <img class={object ? 'overlay overlay-faded' : 'overlay'} src={url} alt="" />
      {object && <img class="overlay" src={url} alt="" style={{ clipPath: insetOf(object.box, image) }} />}
    </>
  )
}

function insetOf(box: StoredObject['box'], image: Size): string {
  const top = box.y / image.height
  const right = 1 - (box.x + box.width) / image.width
  const bottom = 1 - (box.y + box.height) / image.height
  const left = box.x / image.width
  return `inset(${[top, right, bottom, left].map((part) => `${(part * 100).toFixed(3)}%`).join(' ')})`
}
