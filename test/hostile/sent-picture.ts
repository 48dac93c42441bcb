const [SOI, EOI, SOS] = [0xd8, 0xd9, 0xda]
/** APP1 to APP15, where EXIF, XMP and profiles are, and comments. ITU T.81, B.1.1.3. */
const METADATA = (marker: number) => (marker > 0xe0 && marker <= 0xef) || marker === 0xfe

/** Checks an image that was sent to the model: it must be a JPEG without anything else. */
export function sentComplaints(picture: Buffer, secrets: readonly string[] = []): string[] {
  const complaints = secrets
    .filter((secret) => picture.includes(secret))
    .map((secret) => `the model was sent ${JSON.stringify(secret)}`)
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
