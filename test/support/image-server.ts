import type { LookupAddress } from 'node:dns'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, LookupFunction } from 'node:net'
import type { Duplex } from 'node:stream'
import { finished } from 'node:stream/promises'
import { expect, onTestFinished } from 'vitest'
import { type ErrorCode, VisionError } from '../../functions/src/errors.ts'
import { type HttpsImagesOptions, httpsImages } from '../../functions/src/stores/https/https-images.ts'
import { type Certificate, selfSigned } from './certificate.ts'
import { png } from './photo-run.ts'

/** The name that the tests' servers go by, and their certificate is for. */
export const HOST = 'pictures.example.org'
export const CERTIFICATE = selfSigned([HOST, '*.example.org'])

/** 1 MiB. */
export const MEGABYTE = 1024 * 1024
/** What most tests allow. */
export const limits = { hosts: [HOST], maxBytes: 20 * MEGABYTE }

export type Answer = (response: ServerResponse, request: IncomingMessage) => void

/**
 * An https server on this machine until the test ends. `connections` and `requests` are all that ever came;
 * `closed()` waits until all connections so far have ended.
 */
export async function imageServer(answer: Answer, certificate: Certificate = CERTIFICATE) {
  const requests: IncomingMessage[] = []
  const sockets: Duplex[] = []
  const server = createServer(certificate, (request, response) => {
    requests.push(request)
    answer(response, request)
  })
  server.on('connection', (socket) => {
    sockets.push(socket)
    socket.on('error', () => {}) // Clients hang up in the middle of an answer.
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return {
    port,
    requests,
    closed: async () => Promise.all(sockets.map((socket) => finished(socket).catch(() => {}))),
    get connections() {
      return sockets.length
    },
    url: (path: string, host = HOST) => `https://${host}:${port}/${path}`,
    /** An adapter whose DNS knows only this machine, and which takes it for a public one. */
    reachable: (options: HttpsImagesOptions = {}) =>
      httpsImages({
        port,
        ...options,
        agent: {
          ca: certificate.cert,
          lookup: dns(() => ['127.0.0.1']),
          allowIPAddressList: ['127.0.0.1'],
          ...options.agent,
        },
      }),
    /** The adapter as deployed, but for the port, and for a DNS that the attacker holds. */
    guarded: (...answers: string[]) =>
      httpsImages({ port, agent: { ca: certificate.cert, lookup: dns(() => answers) } }),
  }
}

/** A PNG that comes as it should, unless `headers` and `body` say otherwise. */
export function send(
  response: ServerResponse,
  headers: Record<string, string | number> = {},
  body: Buffer | string = png,
): void {
  response.writeHead(200, { 'content-type': 'image/png', ...headers }).end(body)
}

/** The message of the failure, after a check that it contains no URL, host or address. */
export async function failure(code: ErrorCode, fetched: Promise<Buffer>): Promise<string> {
  const error: unknown = await fetched.then(
    () => 'fetched',
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof VisionError)) throw new Error('Expected a VisionError', { cause: error })
  expect(`${error.code}: ${error.message}`).toMatch(new RegExp(`^${code}: Cannot fetch the image: `))
  expect(error.message).not.toMatch(/example\.org|localhost|secret|\d+\.\d+|::/)
  expect(error.cause).toBeUndefined()
  return error.message
}

/** A DNS for tests: the addresses of a name. An empty list is a name that does not exist. */
export function dns(addressesOf: (name: string) => string[]): LookupFunction {
  return (name, { all }, callback) => {
    const addresses: LookupAddress[] = addressesOf(name).map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }))
    const [first] = addresses
    if (!first) callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), '')
    else if (all) callback(null, addresses)
    else callback(null, first.address, first.family)
  }
}
