import { expect, it } from 'vitest'
import { decodeHeic } from '../../../functions/src/image/heic.ts'
import { copyHeifOriginal } from '../../../functions/src/image/heif-original.ts'
import { sniffFormat } from '../../../functions/src/image/sniff.ts'
import { corporaSubjects } from '../../hostile/subjects.ts'

/* HEIC photos of Debian packages, if `npm run test:hostile -- --corpora` has downloaded them. */

const MAX_PIXELS = 50_000_000
const METADATA = ['Exif\0', 'http://ns.adobe.com/xap', 'urn:mpeg:hevc:2015:auxid', 'acsp']

/** Without damaged files, and without alpha channels, which are not copied. */
const photos = corporaSubjects().filter(
  ({ name }) =>
    /\.(heic|hif)$/i.test(name) &&
    !/fuzz|github|with-alpha|poc|overflow|context|146-label|58-QuickTime/.test(name),
)

it.skipIf(photos.length === 0)(
  'copyHeifOriginal() keeps the pixels of the photos of Debian packages, and no metadata',
  { timeout: 300_000 },
  async () => {
    for (const { name, make } of photos) {
      const file = await make()
      const copy = copyHeifOriginal(file, sniffFormat(file) as 'heic' | 'heif', {
        maxImageBytes: 20 << 20,
        maxImagePixels: MAX_PIXELS,
      })
      const [before, after] = [
        await decodeHeic(file, MAX_PIXELS, 60_000),
        await decodeHeic(copy.bytes, MAX_PIXELS, 60_000),
      ]
      expect([name, copy.width, copy.height]).toEqual([name, before.width, before.height])
      expect([name, after.rgba.equals(before.rgba)]).toEqual([name, true])
      for (const text of METADATA) expect([name, copy.bytes.includes(text)]).toEqual([name, false])
    }
  },
)
