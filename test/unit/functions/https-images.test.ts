import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { inspectImage } from '../../../functions/src/image/source-image.ts'
import { root } from '../../../tools/paths.ts'
import { selfSigned } from '../../support/certificate.ts'
import { loadEntry, packageOf } from '../../support/entry.ts'
import {
  type Answer,
  CERTIFICATE,
  dns,
  failure,
  HOST,
  imageServer,
  limits,
  MEGABYTE,
  send,
} from '../../support/image-server.ts'
import { png } from '../../support/photo-run.ts'

const IMAGE_LIMITS = { maxImageBytes: MEGABYTE, maxImagePixels: 1e6, heic: 'off' as const }

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('httpsImages()', () => {
  it('returns the bytes unchanged', async () => {
    const server = await imageServer((response) => send(response))
    const bytes = await server.reachable().fetch(server.url('ball.png'), limits)
    expect(bytes.equals(png)).toBe(true)
    expect(await inspectImage(bytes, IMAGE_LIMITS)).toMatchObject({ format: 'png', width: 80, height: 60 })
  })

  it('requests the image uncompressed, on its own connection, without other headers', async () => {
    const server = await imageServer((response) => send(response, { 'set-cookie': 'a=1' }))
    const images = server.reachable()
    await images.fetch(server.url('ball.png?size=2'), limits)
    await images.fetch(server.url('ball.png?size=2'), limits)
    expect(server.connections).toBe(2)
    const request = {
      method: 'GET',
      url: '/ball.png?size=2',
      headers: {
        accept: 'image/*',
        'accept-encoding': 'identity',
        connection: 'close',
        host: `${HOST}:${server.port}`,
        'user-agent': 'Firesight',
      },
    }
    expect(server.requests.map(({ method, url, headers }) => ({ method, url, headers }))).toEqual([
      request,
      request,
    ])
  })

  it('follows three redirects, absolute or relative, on connections of their own', async () => {
    const server = await imageServer((response, { url }) => {
      const location = { '/1': '2', '/2': `https://b.example.org:${server.port}/3`, '/3': '/4' }[url!]
      if (location) response.writeHead(302, { location, 'content-type': 'text/html' }).end('<p>Elsewhere</p>')
      else send(response)
    })
    const hosts = [HOST, 'b.example.org']
    expect(await server.reachable().fetch(server.url('1'), { ...limits, hosts })).toEqual(png)
    expect(server.requests.map(({ headers, url }) => `${headers.host!.split(':')[0]}${url}`)).toEqual([
      `${HOST}/1`,
      `${HOST}/2`,
      'b.example.org/3',
      'b.example.org/4',
    ])
    expect(server.connections).toBe(4)
    expect(server.requests.some(({ headers }) => 'referer' in headers || 'cookie' in headers)).toBe(false)
  })

  it.each([301, 302, 303, 307, 308])('rejects the fourth redirect with status %i', async (status) => {
    const server = await imageServer((response) => response.writeHead(status, { location: '/again' }).end())
    expect(await failure('url-unreadable', server.reachable().fetch(server.url('again'), limits))).toBe(
      'Cannot fetch the image: it was redirected more than 3 times',
    )
    expect(server.requests).toHaveLength(4)
  })

  const image = { 'content-type': 'image/png' }
  const unreadable: [string, Answer, RegExp][] = [
    ['404', (response) => response.writeHead(404, image).end(png), /status 404/],
    ['206', (response) => response.writeHead(206, image).end(png), /status 206/],
    ['300', (response) => response.writeHead(300, { ...image, location: '/a' }).end(png), /status 300/],
    ['302 without a location', (response) => response.writeHead(302, image).end(png), /status 302/],
    ['HTML', (response) => send(response, { 'content-type': 'text/html' }), /image\/\*/],
    ['no content-type', (response) => response.writeHead(200).end(png), /image\/\*/],
    ['a content-type like it', (response) => send(response, { 'content-type': 'imagery/x' }), /image\/\*/],
    ['no HTTP', (response) => response.socket!.end('220 smtp.example.org ESMTP\r\n'), /HPE_INVALID/],
    ['a connection closed at once', (response) => response.socket!.end(), /ECONNRESET/],
    [
      'a change of protocols',
      (response) => response.writeHead(101, { upgrade: 'h2c', connection: 'upgrade' }).end(),
      /closed without a response/,
    ],
    ['32 KB of headers', (response) => send(response, { x: 'x'.repeat(32_768) }), /HPE_HEADER_OVERFLOW/],
    [
      'two lengths',
      (response) =>
        response.socket!.end(
          'HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 3\r\nContent-Length: 1\r\n\r\nabc',
        ),
      /HPE_/,
    ],
    [
      'less than its content-length',
      (response) => {
        response.writeHead(200, { ...image, 'content-length': png.length + 1 }).write(png)
        response.socket!.end()
      },
      /ECONNRESET before the last byte/,
    ],
    [
      'chunks without the last one',
      (response) => {
        response.writeHead(200, image).write(png)
        response.socket!.end()
      },
      /ECONNRESET before the last byte/,
    ],
  ]
  it.each(unreadable)('cannot read %s', async (_, answer, message) => {
    const server = await imageServer(answer)
    const fetched = server.reachable().fetch(server.url('secret-name.png'), limits)
    expect(await failure('url-unreadable', fetched)).toMatch(message)
  })

  it('cannot read from a host that does not exist or does not listen', async () => {
    const server = await imageServer((response) => send(response))
    const unknown = server.reachable({ agent: { lookup: dns(() => []) } })
    expect(await failure('url-unreadable', unknown.fetch(server.url('a.png'), limits))).toMatch(/ENOTFOUND/)
    const closed = server.reachable({ port: 1 }).fetch(`https://${HOST}:1/a.png`, limits)
    expect(await failure('url-unreadable', closed)).toMatch(/ECONNREFUSED/)
  })

  it('does not check whether image/png is an image', async () => {
    const server = await imageServer((response) => send(response, {}, '<!doctype html><img src=x>'))
    const bytes = await server.reachable().fetch(server.url('page.png'), limits)
    await expect(inspectImage(bytes, IMAGE_LIMITS)).rejects.toMatchObject({ code: 'unsupported-type' })
  })
})

describe('httpsImages() and certificates', () => {
  const ours = CERTIFICATE.cert
  const elsewhere = selfSigned(['images.example.net'])
  const expired = selfSigned([HOST], { from: -3, to: -2 })
  const early = selfSigned([HOST], { from: 1, to: 2 })

  it.each([
    ['that is self-signed', selfSigned([HOST]), ours],
    ['for another host', elsewhere, elsewhere.cert],
    ['of the day before yesterday', expired, expired.cert],
    ['of tomorrow', early, early.cert],
  ])(
    'sends no request to a host with a certificate %s, whatever the environment says',
    async (_, own, ca) => {
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
      const server = await imageServer((response) => send(response), own)
      const images = server.reachable({ agent: { ca, rejectUnauthorized: false } })
      const message = await failure('url-unreadable', images.fetch(server.url('a.png'), limits))
      expect(message).toMatch(
        /DEPTH_ZERO_SELF_SIGNED_CERT|ALTNAME_INVALID|CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/,
      )
      expect(server.requests).toHaveLength(0)
    },
  )
})

it('https-images.ts loads the agent with the first fetch', () => {
  const { modules } = loadEntry(join(root, 'functions/src/stores/https/https-images.ts'))
  expect(modules.map((url) => url.split('/').at(-1))).toContain('image-url.ts') // Otherwise nothing was recorded.
  expect(modules.map(packageOf)).not.toContain('request-filtering-agent')
})
