/** A picture that failed to load for exports. `message` is for the user. */
export class PictureError extends Error {}

/**
 * The bytes of a stored or inline picture.
 * @throws PictureError if the server, the network or the CORS setting of the bucket prevents it
 */
export async function readBlob(url: string): Promise<Blob> {
  if (url.startsWith('data:')) return inlineBlob(url)
  let response: Response
  try {
    // The image element may have cached a response without CORS headers, which would be refused here.
    response = await fetch(url, { cache: 'reload' })
  } catch {
    throw new PictureError(
      (await isReachable(url)) ? notAllowed(url) : 'Cannot load the picture: no connection.',
    )
  }
  if (!response.ok)
    throw new PictureError(`Cannot load the picture: the server answered with status ${response.status}.`)
  return response.blob()
}

/** Whether the server answers a request whose response this page need not read. */
async function isReachable(url: string): Promise<boolean> {
  try {
    await fetch(url, { mode: 'no-cors', cache: 'reload' })
    return true
  } catch {
    return false
  }
}

function notAllowed(url: string): string {
  const bucket = /\/b\/([^/]+)\//.exec(url)?.[1] ?? 'YOUR_BUCKET'
  return (
    `The bucket does not let this page read pictures (CORS). The operator of the project can allow ${location.origin}: ` +
    `gcloud storage buckets update gs://${bucket} --cors-file=cors.json. See "CORS" in docs/deploy.md.`
  )
}

/** The page's Content-Security-Policy allows no requests to data: URLs. */
function inlineBlob(url: string): Blob {
  const [head = '', body = ''] = url.slice('data:'.length).split(',', 2)
  const [type = '', ...attributes] = head.split(';')
  if (!attributes.includes('base64')) return new Blob([decodeURIComponent(body)], { type })
  return new Blob([Uint8Array.from(atob(body), (character) => character.charCodeAt(0))], { type })
}

/** Decodes a picture and uses it. Its natural size is upright. */
export async function withPicture<Result>(
  source: Blob | string,
  use: (picture: HTMLImageElement) => Result | Promise<Result>,
): Promise<Result> {
  const url = typeof source === 'string' ? source : URL.createObjectURL(source)
  try {
    const picture = new Image()
    picture.src = url
    await picture.decode().catch(() => {
      throw new PictureError('Your browser cannot read this picture.')
    })
    return await use(picture)
  } finally {
    if (url !== source) URL.revokeObjectURL(url)
  }
}

/** @throws PictureError for sizes that the browser has no canvas for */
export function openCanvas(size: { width: number; height: number }): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas')
  canvas.width = size.width
  canvas.height = size.height
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  if (!pen) throw tooLarge(size)
  return pen
}

/** @throws PictureError if the browser cannot encode a canvas of this size */
export async function toBlob(
  { canvas }: CanvasRenderingContext2D,
  type: 'image/png' | 'image/jpeg',
): Promise<Blob> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, 0.92))
  if (!blob) throw tooLarge(canvas)
  return blob
}

function tooLarge({ width, height }: { width: number; height: number }): PictureError {
  return new PictureError(`Your browser cannot create a picture of ${width} × ${height} pixels.`)
}
