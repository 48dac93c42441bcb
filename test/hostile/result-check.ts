import type { Annotation } from '../../functions/src/document/annotation.ts'
import type { memoryPhotos } from '../../functions/src/stores/memory/memory-photos.ts'

/**
 * Invisible characters can change how text is displayed. Some scripts need the two joiners, so these are
 * allowed.
 */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const MAX_CHARACTERS = { label: 80, tag: 60, caption: 500, altText: 300, text: 5000 }

/** Checks the texts that come from the model. */
export function textComplaints(annotation: Annotation): string[] {
  const { caption, altText, labels = [], text, objects = [] } = annotation
  const texts = [
    { name: 'caption' as const, value: caption },
    { name: 'altText' as const, value: altText },
    { name: 'text' as const, value: text },
    ...labels.map((value) => ({ name: 'tag' as const, value })),
    ...objects.map(({ label }) => ({ name: 'label' as const, value: label })),
  ]
  return texts.flatMap(({ name, value }) => {
    if (value === undefined) return []
    if (typeof value !== 'string') return [`a ${name} is ${typeof value}`]
    const length = Array.from(value).length
    const line = name === 'text' ? value.replace(/[\n\t]/g, ' ') : value
    return [
      ...(INVISIBLE.test(line) ? [`a ${name} has invisible characters`] : []),
      ...(length > MAX_CHARACTERS[name] ? [`a ${name} has ${length} characters`] : []),
    ]
  })
}

type Files = ReturnType<typeof memoryPhotos>['files']

/**
 * Checks the files: each file that the document references must exist with the right size, and there must be
 * no others.
 */
export function fileComplaints(annotation: Annotation, files: Files): string[] {
  const { overlay, preview, thumbnail, objects = [] } = annotation
  const masks = objects.flatMap(({ mask, box }) => (mask ? [{ path: mask.path, ...box }] : []))
  const pngs = [...(overlay ? [overlay] : []), ...masks]
  const wrong = pngs.flatMap(({ path, width, height }) => {
    const png = files.get(path)?.bytes
    if (!png) return [`${path} is missing`]
    const [wide, high] = [png.readUInt32BE(16), png.readUInt32BE(20)]
    return wide === width && high === height ? [] : [`${path} is ${wide} x ${high}`]
  })
  const jpegs = [preview, thumbnail].flatMap((file) => file?.path ?? [])
  const missing = jpegs.filter((path) => !files.has(path)).map((path) => `${path} is missing`)
  const named = new Set([...pngs.map(({ path }) => path), ...jpegs])
  const unnamed = [...files.keys()].filter(
    (path) => /\.(png|jpg)$/.test(path) && path.includes('/annotations/'),
  )
  return [
    ...wrong,
    ...missing,
    ...thumbnailComplaints(annotation, files),
    ...unnamed.filter((path) => !named.has(path)).map((path) => `no document references ${path}`),
  ]
}

/** Every decoded photo has a thumbnail of at most 320 pixels and 20 kB. */
function thumbnailComplaints({ image, thumbnail }: Annotation, files: Files): string[] {
  if (!thumbnail) return image?.decoded ? ['there is no thumbnail'] : []
  const { path, width, height } = thumbnail
  const bytes = files.get(path)?.bytes.length ?? 0
  return width > 320 || height > 320 || bytes > 20_000
    ? [`the thumbnail is ${width} x ${height}, ${bytes} bytes`]
    : []
}
