import { gzipSync } from 'node:zlib'

/** A hostile request body. `make` builds `bytes` bytes. */
export type BodyShape = {
  name: string
  headers?: Record<string, string>
  make: (bytes: number) => Buffer
  /** The body is cheap to parse, so the guard passes it on and the function refuses it. */
  isCheap?: true
}

const fill = (bytes: number, start: string, unit: string, end: string) =>
  Buffer.concat([
    Buffer.from(start),
    Buffer.from(
      unit.repeat(Math.max(1, Math.floor((bytes - start.length - end.length) / Buffer.byteLength(unit)))),
    ),
    Buffer.from(end),
  ])

const shape = (name: string, start: string, unit: string, end: string, headers?: Record<string, string>) => ({
  name,
  make: (bytes: number) => fill(bytes, start, unit, end),
  ...(headers && { headers }),
})

const manyKeys = (bytes: number) => {
  const count = Math.floor(bytes / 14)
  return Buffer.from(`{"data":{${Array.from({ length: count }, (_, i) => `"k${i + 1e7}":1`).join(',')}}}`)
}

const type = (value: string) => ({ 'content-type': value })

/** Bodies that are expensive to parse, to decompress or to log. */
export const BODY_SHAPES: BodyShape[] = [
  shape('empty objects', '{"data":[{}', ',{}', ']}'),
  shape('empty lists', '{"data":[[]', ',[]', ']}'),
  shape('deep objects', '{"data":', '{"a":', ''),
  shape('deep lists', '{"data":', '[', ''),
  { name: 'many keys', make: manyKeys },
  shape('one key many times', '{"data":{"a":1', ',"a":1', '}}'),
  shape('many short texts', '{"data":["a"', ',"a"', ']}'),
  shape('many numbers', '{"data":[1', ',1.5', ']}'),
  shape('one long number', '{"data":1', '1', '}'),
  shape('one long text of two-byte characters', '{"data":"', '€', '"}'),
  { ...shape('one long text of escapes', '{"data":"', '\\u20ac', '"}'), isCheap: true },
  { ...shape('lone surrogates', '{"data":"', '\\ud800', '"}'), isCheap: true },
  shape('__proto__ many times', '{"data":{"__proto__":1', ',"__proto__":{}', '}}'),
  shape('no data', '{"other":"', 'a', '"}'),
  shape('a field beside data', '{"data":{},"other":"', 'a', '"}'),
  shape('a long name beside data', '{"data":{},"', 'a', '":1}'),
  shape('an unknown @type', '{"data":{"@type":"x","value":"', 'a', '"}}'),
  shape('an escaped unknown @type', '{"data":{"\\u0040type":"x","value":"', 'a', '"}}'),
  shape('spaces', '{"data":', ' ', '1}'),
  { ...shape('null bytes', '{"data":"', '\0', '"}'), isCheap: true },
  shape('empty objects after a byte order mark', '\uFEFF{"data":[{}', ',{}', ']}'),
  shape('a list', '[{}', ',{}', ']'),
  shape('plain text', '', 'a', '', type('text/plain')),
  shape('octets', '', 'a', '', type('application/octet-stream')),
  shape('a form', 'a=1', '&a[a][a]=1', '', type('application/x-www-form-urlencoded')),
  shape('multipart', '--b\r\n', 'a', '\r\n--b--', type('multipart/form-data; boundary=b')),
  shape('CloudEvent', '{"data":[{}', ',{}', ']}', type('application/cloudevents+json')),
  {
    name: 'UTF-16',
    headers: type('application/json; charset=utf-16'),
    make: (bytes) => Buffer.from(fill(bytes / 2, '{"data":[{}', ',{}', ']}').toString(), 'utf16le'),
  },
  {
    name: 'compressed',
    headers: { 'content-encoding': 'gzip' },
    make: (bytes) => gzipSync(fill(bytes, '{"data":[{}', ',{}', ']}')),
  },
]

/** An ID token by its form only. A signature check refuses it. */
export const FORGED_TOKEN = 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln'

export type Answer = { status: number; text: string }

/** Sends a body to a function on this machine. */
export async function sendBody(
  url: string,
  { headers, make }: BodyShape,
  bytes: number,
  token = FORGED_TOKEN,
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: token }), ...headers },
    body: new Uint8Array(make(bytes)),
  })
  return { status: response.status, text: await response.text() }
}
