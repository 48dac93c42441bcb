import { randomBytes } from 'node:crypto'
import { getEventListeners } from 'node:events'
import type { LookupFunction } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { VisionError } from '../../../functions/src/errors.ts'
import { type Answer, dns, failure, imageServer, limits, MEGABYTE, send } from '../../support/image-server.ts'
import { png } from '../../support/photo-run.ts'

const image = { 'content-type': 'image/png' }

afterEach(() => {
  vi.useRealTimers()
})

// Awaiting `server.closed()` is the assertion that the client hung up: none of these servers ends its answer.
describe('httpsImages() and bytes', () => {
  it('closes the connection after 10 MB of a body of 11 MB', async () => {
    let sent = 0
    const server = await imageServer((response) => {
      response.writeHead(200, image)
      const more = () => {
        while (sent < 11 * MEGABYTE) {
          sent += 65_536
          if (!response.write(Buffer.alloc(65_536))) return response.once('drain', more)
        }
      }
      more()
    })
    expect(await failure('file-too-large', server.reachable().fetch(server.url('big.png'), limits))).toMatch(
      /the limit is 10485760 bytes/,
    )
    await server.closed()
    expect(sent).toBeGreaterThan(10 * MEGABYTE)
  })

  it('closes the connection for a content-length over the limit, before the body', async () => {
    const server = await imageServer((response) => {
      response.writeHead(200, { ...image, 'content-length': 10 * MEGABYTE + 1 }).flushHeaders()
    })
    expect(await failure('file-too-large', server.reachable().fetch(server.url('big.png'), limits))).toMatch(
      /it has 10485761 bytes/,
    )
    await server.closed()
  })

  it('closes the connection before the body of a redirect', async () => {
    const server = await imageServer((response, { url }) => {
      if (url === '/b.png') send(response)
      else response.writeHead(302, { location: '/b.png' }).write('<p>Elsewhere')
    })
    expect(await server.reachable().fetch(server.url('a.png'), limits)).toEqual(png)
    await server.closed()
  })

  it('accepts a body of exactly 10 MB', async () => {
    const body = randomBytes(10 * MEGABYTE)
    const server = await imageServer((response) => send(response, {}, body))
    expect((await server.reachable().fetch(server.url('big.png'), limits)).equals(body)).toBe(true)
  })

  it.each([
    ['with a content-length', (response) => send(response, { 'content-length': png.length })],
    ['without one', (response) => response.writeHead(200, image).flushHeaders() ?? response.end(png)],
  ] as [string, Answer][])('takes maxBytes and refuses one more, %s', async (_, answer) => {
    const server = await imageServer(answer)
    const fetch = (maxBytes: number) => server.reachable().fetch(server.url('a.png'), { ...limits, maxBytes })
    expect(await fetch(png.length)).toEqual(png)
    await failure('file-too-large', fetch(png.length - 1))
  })

  it.each(['gzip', 'br', 'deflate', 'zstd', 'identity, gzip'])(
    'refuses a bomb of %s unread',
    async (encoding) => {
      const server = await imageServer((response) => {
        response.writeHead(200, { ...image, 'content-encoding': encoding }).flushHeaders()
      })
      expect(await failure('url-unreadable', server.reachable().fetch(server.url('a.png'), limits))).toMatch(
        /compressed/,
      )
      await server.closed()
    },
  )

  it.each([{}, { 'content-encoding': 'Identity' }])(
    'unpacks no bomb that calls itself an image (%j)',
    async (headers) => {
      const bomb = gzipSync(Buffer.alloc(100 * MEGABYTE))
      const server = await imageServer((response) => send(response, headers, bomb))
      expect((await server.reachable().fetch(server.url('a.png'), limits)).equals(bomb)).toBe(true)
    },
  )
})

describe('httpsImages() and time', () => {
  const endless: [string, Answer][] = [
    [
      'a body that drips',
      (response) => {
        response.writeHead(200, image)
        const drip = setInterval(() => response.write('x'), 10)
        response.on('close', () => clearInterval(drip))
      },
    ],
    [
      'headers that drip',
      (response) => {
        const { socket } = response
        socket!.write('HTTP/1.1 200 OK\r\n')
        const drip = setInterval(() => socket!.write('x: y\r\n'), 10)
        socket!.on('close', () => clearInterval(drip))
      },
    ],
    ['no answer', () => {}],
    [
      'no answer after a redirect',
      (response, { url }) => {
        if (url === '/a.png') response.writeHead(302, { location: '/b.png' }).end()
      },
    ],
  ]
  it.each(endless)('ends %s at the limit, and the connection', async (_, answer) => {
    const server = await imageServer(answer)
    const fetched = server.reachable({ timeoutMs: 300 }).fetch(server.url('a.png'), limits)
    expect(await failure('url-unreadable', fetched)).toBe(
      'Cannot fetch the image: it took longer than 300 ms in total',
    )
    await server.closed()
  })

  it('waits ten seconds for an image', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const asked = Promise.withResolvers<void>()
    const server = await imageServer(() => asked.resolve())
    const ended = vi.fn<() => void>()
    const fetched = failure('url-unreadable', server.reachable().fetch(server.url('a.png'), limits)).finally(
      ended,
    )
    await asked.promise
    await vi.advanceTimersByTimeAsync(9999)
    expect(ended).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(await fetched).toMatch(/longer than 10000 ms/)
  })

  it('stops waiting for a DNS query without an answer', async () => {
    const server = await imageServer((response) => send(response))
    const images = server.reachable({ timeoutMs: 100, agent: { lookup: () => {} } })
    await failure('url-unreadable', images.fetch(server.url('a.png'), limits))
    expect(server.connections).toBe(0)
  })
})

describe('httpsImages() and a cancelled call', () => {
  it.each([
    ['the headers', () => {}],
    ['the last byte', (response) => void response.writeHead(200, image).write('x')],
  ] as [string, Answer][])('ends before %s with the reason, and the connection', async (_, answer) => {
    const call = new AbortController()
    const reason = new VisionError('cancelled', 'The client went away')
    const server = await imageServer((response, request) => {
      answer(response, request)
      setImmediate(() => call.abort(reason))
    })
    const fetched = server.reachable().fetch(server.url('a.png'), { ...limits, signal: call.signal })
    await expect(fetched).rejects.toBe(reason)
    await server.closed()
  })

  it.each([undefined, new Error('tired')])('is `cancelled` also when the reason is %s', async (reason) => {
    const call = new AbortController()
    const server = await imageServer(() => call.abort(reason))
    const fetched = server.reachable().fetch(server.url('a.png'), { ...limits, signal: call.signal })
    const error: unknown = await fetched.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'cancelled' })
    expect((error as Error).cause).toBe(call.signal.reason)
    await server.closed()
  })

  it('rejects with the reason of the signal', async () => {
    const call = new AbortController()
    const late = new VisionError('model-timeout', 'late')
    const server = await imageServer(() => call.abort(late))
    const fetched = server.reachable().fetch(server.url('a.png'), { ...limits, signal: call.signal })
    await expect(fetched).rejects.toBe(late)
  })

  it('sends no DNS query if it is already cancelled', async () => {
    const lookup = vi.fn<LookupFunction>(dns(() => []))
    const server = await imageServer((response) => send(response))
    const signal = AbortSignal.abort(new VisionError('cancelled', 'The client went away'))
    const fetched = server.reachable({ agent: { lookup } }).fetch(server.url('a.png'), { ...limits, signal })
    await expect(fetched).rejects.toBe(signal.reason)
    expect(lookup).not.toHaveBeenCalled()
  })

  it.each(['a.png', 'missing.png'])('leaves neither timer nor listener behind (%s)', async (path) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { signal } = new AbortController()
    const server = await imageServer((response, { url }) => {
      if (url === '/a.png') send(response)
      else response.writeHead(404).end()
    })
    await Promise.allSettled([server.reachable().fetch(server.url(path), { ...limits, signal })])
    expect(vi.getTimerCount()).toBe(0)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
