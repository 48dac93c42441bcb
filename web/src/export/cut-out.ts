/** Pixels as in `ImageData`: red, green, blue, alpha. */
type Pixels = { width: number; height: number; data: Uint8ClampedArray }

/** A mask is white on black. */
const IS_OBJECT = 128

/**
 * Makes everything outside the mask transparent. Each pixel is either opaque, with the photo's colour, or
 * transparent, so canvases keep the colours exactly.
 * @throws Error if the sizes differ
 */
export function cutOut(photo: Pixels, mask: Pixels): void {
  if (photo.width !== mask.width || photo.height !== mask.height)
    throw new Error(
      `Cannot cut out: the photo has ${photo.width} x ${photo.height} pixels here, and the mask ${mask.width} x ${mask.height}`,
    )
  for (let at = 0; at < photo.data.length; at += 4) {
    if (mask.data[at]! >= IS_OBJECT) photo.data[at + 3] = 255
    else photo.data.fill(0, at, at + 4)
  }
}

type Size = { width: number; height: number }
type Box = Size & { x: number; y: number }

/**
 * The area of a box in the pixels of the exported photo: the photo's own pixels, or those of a smaller copy
 * if the browser can show only that.
 */
export function boxIn(size: Size, image: Size, box: Box): Box {
  const across = size.width / image.width
  const down = size.height / image.height
  const [x, y] = [Math.round(box.x * across), Math.round(box.y * down)]
  return {
    x,
    y,
    width: Math.max(Math.round((box.x + box.width) * across) - x, 1),
    height: Math.max(Math.round((box.y + box.height) * down) - y, 1),
  }
}

/** The size of exported photos: the smaller of the annotated photo and the picture that the browser shows. */
export function exportSize(shown: Size, image: Size): Size {
  const { width, height } = shown.width < image.width ? shown : image
  return { width, height }
}
