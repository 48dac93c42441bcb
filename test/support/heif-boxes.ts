/** A box of ISO/IEC 14496-12, 4.2: size, type, body. */
export function box(type: string, ...bodies: Buffer[]): Buffer {
  const body = Buffer.concat(bodies)
  const header = Buffer.alloc(8)
  header.writeUInt32BE(8 + body.length)
  header.write(type, 4, 'latin1')
  return Buffer.concat([header, body])
}

/** `colr` of an ICC profile. */
export const colrIcc = (icc: Buffer, kind: 'prof' | 'rICC' = 'prof') => box('colr', Buffer.from(kind), icc)

/** `colr` of code points of ITU-T H.273; full range. */
export const colrNclx = (primaries: number, transfer: number) =>
  box('colr', Buffer.from('nclx'), Buffer.from([0, primaries, 0, transfer, 0, 6, 0x80]))

/**
 * The fixture, of one image whose properties end its `meta` box, with further properties. Its picture's bytes
 * move down, so `iloc` says where they are now.
 */
export function withProperties(heic: Buffer, ...properties: Buffer[]): Buffer {
  const [meta, iloc, ipco, ipma] = ['meta', 'iloc', 'ipco', 'ipma'].map((type) => heic.indexOf(type) - 4)
  const end = (at: number) => at + heic.readUInt32BE(at)
  const added = Buffer.concat(properties)
  // Version 0, one entry, whose number of properties comes before their places (1-based).
  const known = heic[ipma! + 18]!
  const places = Buffer.from(properties.map((_, i) => known + 1 + i))
  const grown = Buffer.concat([
    heic.subarray(0, end(ipco!)),
    added,
    heic.subarray(end(ipco!), end(ipma!)),
    places,
    heic.subarray(end(ipma!)),
  ])
  const more = (at: number, bytes: number) => grown.writeUInt32BE(grown.readUInt32BE(at) + bytes, at)
  grown[ipma! + added.length + 18] = known + places.length
  more(ipma! + added.length, places.length)
  more(ipco!, added.length)
  for (const at of [meta!, heic.indexOf('iprp') - 4]) more(at, added.length + places.length)
  // The base offset of the only item, after its id and its data reference.
  more(iloc! + 20, added.length + places.length)
  return grown
}
