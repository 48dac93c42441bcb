const [SOI, EOI, SOS] = [0xd8, 0xd9, 0xda]
/** APP1 to APP15, where EXIF, XMP and profiles are, and comments. ITU T.81, B.1.1.3. */
const METADATA = (marker: number) => (marker > 0xe0 && marker <= 0xef) || marker === 0xfe

const HEIF_BOXES = new Set(
  'ftyp meta hdlr pitm iloc iinf infe iref dimg iprp ipco ipma hvcC ispe pixi irot imir clap colr mdat'.split(
    ' ',
  ),
)
/** Bytes before the first child. */
const HEIF_CONTAINERS: Record<string, number> = { meta: 4, iinf: 6, iref: 4, iprp: 0, ipco: 0 }

/**
 * Checks an image that was sent to the model: it must be a JPEG, or a HEIF original, without anything else.
 */
export function sentComplaints(picture: Buffer, secrets: readonly string[] = []): string[] {
  const complaints = secrets
    .filter((secret) => picture.includes(secret))
    .map((secret) => `the model was sent ${JSON.stringify(secret)}`)
  if (picture.toString('latin1', 4, 8) === 'ftyp') return [...complaints, ...boxComplaints(picture)]
  if (picture[0] !== 0xff || picture[1] !== SOI) return [...complaints, 'the model was sent no JPEG']
  let at = 2
  for (let marker = 0; marker !== SOS; ) {
    marker = picture[at + 1]!
    if (METADATA(marker)) complaints.push(`the model was sent a segment ${marker.toString(16)}`)
    at += 2 + picture.readUInt16BE(at + 2)
  }
  const end = picture.indexOf(Buffer.from([0xff, EOI]), at)
  if (end !== picture.length - 2) complaints.push('the model was sent bytes after the end of the picture')
  return complaints
}

function boxComplaints(boxes: Buffer): string[] {
  const complaints: string[] = []
  let at = 0
  while (at + 8 <= boxes.length) {
    const size = boxes.readUInt32BE(at)
    const type = boxes.toString('latin1', at + 4, at + 8)
    if (size < 8 || !HEIF_BOXES.has(type)) return [...complaints, `the model was sent a box ${type}`]
    const skipped = HEIF_CONTAINERS[type]
    const body = boxes.subarray(at + 8, at + size)
    if (skipped !== undefined) complaints.push(...boxComplaints(body.subarray(skipped)))
    at += size
  }
  return at === boxes.length ? complaints : [...complaints, 'the model was sent bytes after the boxes']
}
