import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { type PictureCase, rejected, SUCCEEDS } from '../picture-case.ts'

const UNSUPPORTED = rejected('unsupported-type')

const square = () => sharp({ create: { width: 64, height: 64, channels: 3, background: 'teal' } })
const jpeg = async () => square().jpeg().toBuffer()
const png = async () => square().png().toBuffer()
const webp = async () => square().webp().toBuffer()

const SECRET = 'THE-TAIL-OF-THE-FILE'
const TAILS = {
  ZIP: `PK\x03\x04${SECRET}`,
  HTML: `<html><script>/*${SECRET}*/</script></html>`,
  PHP: `<?php /* ${SECRET} */ system($_GET[0]); ?>`,
  PDF: `%PDF-1.7\n${SECRET}\n%%EOF`,
}

const tailed = Object.entries({ JPEG: jpeg, PNG: png, WebP: webp }).flatMap(([format, make]) =>
  Object.entries(TAILS).map(
    ([tail, text]): PictureCase => ({
      name: `${format} that is ${tail} too`,
      make: async () => Buffer.concat([await make(), Buffer.from(text)]),
      expected: SUCCEEDS,
      secrets: [SECRET],
    }),
  ),
)

const svg = (body: string, before = '') =>
  `${before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64">${body}</svg>`
const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('')
const SVGS = {
  plain: svg('<rect width="64" height="64"/>'),
  'that shows a file': svg('<image href="file:///etc/passwd" width="64" height="64"/>'),
  'that shows a data URI': svg('<image href="data:image/png;base64,iVBORw0KGgo=" width="64" height="64"/>'),
  'with an external entity': svg(
    '<text>&x;</text>',
    '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
  ),
  'of a billion laughs': svg('<text>&l9;</text>', `<!DOCTYPE svg [<!ENTITY l0 "ha">${laughs}]>`),
}

/** Files that differ from what their name says, and polyglots. */
export const disguises: PictureCase[] = [
  ...tailed,
  ...Object.entries(SVGS).map(
    ([kind, text]): PictureCase => ({
      name: `SVG ${kind}, named .png`,
      make: () => Buffer.from(text),
      expected: UNSUPPORTED,
      fileName: 'drawing.png',
      contentType: 'image/png',
    }),
  ),
  other('HTML', () => Buffer.from('<!DOCTYPE html><html><body>404</body></html>')),
  other('a ZIP', () => Buffer.from('PK\x03\x04 and so on', 'latin1')),
  other('a PDF', () => Buffer.from('%PDF-1.7\n%%EOF')),
  other('a BMP', () => Buffer.from(`BM${'\0'.repeat(52)}`, 'latin1')),
  other('an ICO', () => Buffer.from('\0\0\x01\0\x01\0\x10\x10', 'latin1')),
  other('a TIFF', async () => square().tiff().toBuffer()),
  other('a GIF', async () => square().gif().toBuffer()),
  other('a compressed JPEG, as with content encoding gzip', async () => gzipSync(await jpeg())),
  other('a JPEG after white space', async () => Buffer.concat([Buffer.from('\r\n'), await jpeg()])),
  other('AVIF of 25 megapixels in few bytes', flatAvif, 'AVIF'),
  {
    name: 'PNG with the content type of HTML',
    make: png,
    expected: SUCCEEDS,
    fileName: 'page.html',
    contentType: 'text/html',
  },
  {
    name: 'JPEG named .png, without a content type',
    make: jpeg,
    expected: SUCCEEDS,
    fileName: 'photo.png',
    contentType: '',
  },
]

function other(what: string, make: PictureCase['make'], format?: 'AVIF'): PictureCase {
  const about = { name: `${what}, named .jpg`, make, expected: UNSUPPORTED, fileName: 'photo.jpg' }
  return format ? { ...about, bomb: true, heavy: true } : about
}

async function flatAvif(): Promise<Buffer> {
  return sharp({ create: { width: 5000, height: 5000, channels: 3, background: 'teal' } })
    .avif({ effort: 0 })
    .toBuffer()
}
