import { corrupt } from './heif-boxes.ts'

/** A range of bytes, of the file or of its `idat` box. */
export type Extent = { source: 'file' | 'idat'; offset: number; length: number }

/**
 * The data of items. Items with the same extents share one buffer, so the result is never larger than the
 * file.
 * @throws VisionError `corrupt-image` for extents that are empty, overlap, or are not in the file
 */
export function readData(
  extents: Map<number, Extent[]>,
  file: Buffer,
  idat: Buffer | undefined,
): Map<number, Buffer> {
  const sources = { file, idat: idat ?? Buffer.alloc(0) }
  const known = new Map<string, { extents: Extent[]; data: Buffer }>()
  const items = new Map<number, Buffer>()
  for (const [id, list] of extents) {
    const key = list.map(({ source, offset, length }) => [source, offset, length].join()).join(' ')
    let entry = known.get(key)
    if (!entry) {
      for (const { source, offset, length } of list) {
        if (length === 0 || offset + length > sources[source].length) {
          throw corrupt(`the data of item ${id} is not in the file`)
        }
      }
      const pieces = list.map(({ source, offset, length }) =>
        sources[source].subarray(offset, offset + length),
      )
      entry = { extents: list, data: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces) }
      known.set(key, entry)
    }
    items.set(id, entry.data)
  }
  checkOverlap([...known.values()].flatMap((entry) => entry.extents))
  return items
}

function checkOverlap(extents: Extent[]): void {
  const ends = { file: 0, idat: 0 }
  for (const { source, offset, length } of extents.toSorted((a, b) => a.offset - b.offset)) {
    if (offset < ends[source]) throw corrupt('the data of items overlaps')
    ends[source] = offset + length
  }
}
