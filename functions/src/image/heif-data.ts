import { corrupt } from './heif-boxes.ts'

/** A range of bytes, of the file or of its `idat` box. */
export type Extent = { source: 'file' | 'idat'; offset: number; length: number }

type Range = { start: number; end: number }

/**
 * The data of items. Items with the same extents share one buffer, so the result is never larger than the
 * file.
 * @param idat a part of the file
 * @throws VisionError `corrupt-image` for extents that are empty, overlap, or are not in the file
 */
export function readData(
  extents: Map<number, Extent[]>,
  file: Buffer,
  idat: Buffer = file.subarray(0, 0),
): Map<number, Buffer> {
  const keys = new Map<number, string>()
  const lists = new Map<string, Range[]>()
  for (const [id, list] of extents) {
    const ranges = list.map((extent) => rangeIn(extent.source === 'file' ? file : idat, file, extent))
    const key = ranges.map(({ start, end }) => `${start}-${end}`).join()
    keys.set(id, key)
    lists.set(key, ranges)
  }
  checkOverlap([...lists.values()].flat())
  const data = new Map(
    [...lists].map(([key, ranges]) => {
      const pieces = ranges.map(({ start, end }) => file.subarray(start, end))
      return [key, pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)]
    }),
  )
  return new Map([...keys].map(([id, key]) => [id, data.get(key)!]))
}

/** The range in the file. */
function rangeIn(source: Buffer, file: Buffer, { offset, length }: Extent): Range {
  if (length === 0 || offset + length > source.length) throw corrupt('the data of an item is not in the file')
  const start = source.byteOffset - file.byteOffset + offset
  return { start, end: start + length }
}

function checkOverlap(ranges: Range[]): void {
  let last = 0
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    if (start < last) throw corrupt('the data of items overlaps')
    last = end
  }
}
