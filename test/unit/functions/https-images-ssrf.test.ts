import { describe, expect, it } from 'vitest'
import { httpsImages } from '../../../functions/src/stores/https/https-images.ts'
import { dns, failure, HOST, imageServer, limits, send } from '../../support/image-server.ts'
import { png } from '../../support/photo-run.ts'

/** A server on this machine, with the right certificate and a picture, that nothing may get to. */
const trap = () => imageServer((response) => send(response))

/** Connects to this machine like 127.0.0.1, but is another address. Not on Windows. */
const ALIAS = '0.0.0.0'

describe('httpsImages() does not connect to this machine', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '127.255.255.254',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '017700000001',
    '0177.0.0.1',
    '127.0.0.1.',
    '%31%32%37.0.0.1',
    '①②⑦.⓪.⓪.①',
    '0',
    '0.0.0.0',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    'localhost',
    'localhost.',
    'LOCALHOST',
    'ｌｏｃａｌｈｏｓｔ',
    'a.localhost',
    '127.0.0.1.nip.io',
  ])('when it is spelled %s', async (host) => {
    const server = await trap()
    // Even where a list of hosts had them, in the spelling given and in the one that is compared.
    const hosts = [host, new URL(`https://${host}/`).hostname, HOST]
    await failure(
      'url-not-allowed',
      server.guarded('127.0.0.1').fetch(server.url('a.png', host), { ...limits, hosts }),
    )
    expect(server.connections).toBe(0)
  })

  it('connects to it if a test allows it', async () => {
    const server = await trap()
    expect(await server.reachable().fetch(server.url('a.png'), limits)).toEqual(png)
    expect(server.connections).toBe(1)
  })
})

describe('httpsImages() and DNS', () => {
  // IANA's special-purpose registries: https://www.iana.org/assignments/iana-ipv4-special-registry and
  // -ipv6-, 2026-11
  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.254',
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:2::1',
    '2001:20::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
  ])('a name of %s is refused, before any connection', async (address) => {
    const server = await trap()
    const fetched = server.guarded(address).fetch(server.url('a.png'), limits)
    expect(await failure('url-not-allowed', fetched)).toMatch(/an address that is not public/)
    expect(server.connections).toBe(0)
  })

  it.each([
    ['first', [ALIAS, '127.0.0.1']],
    ['last', ['127.0.0.1', ALIAS]],
  ])('a name with several addresses is refused when the %s is not public', async (_, addresses) => {
    const server = await trap()
    const images = server.reachable({ agent: { lookup: dns(() => addresses) } })
    await failure('url-not-allowed', images.fetch(server.url('a.png'), limits))
    expect(server.connections).toBe(0)
  })

  it('a DNS answer that changes after the check has no effect', async () => {
    const server = await imageServer((response, { url }) => {
      if (url === '/a.png') response.writeHead(302, { location: '/b.png' }).end()
      else send(response)
    })
    // 127.0.0.1 stands for a public address. A connection goes to the answer that was checked: it is not
    // asked for twice.
    const answers = ['127.0.0.1', ALIAS]
    const images = server.reachable({ agent: { lookup: dns(() => [answers.shift()!]) } })
    await failure('url-not-allowed', images.fetch(server.url('a.png'), limits))
    expect(answers).toEqual([])
    expect(server.requests.map(({ url }) => url)).toEqual(['/a.png'])
    expect(server.connections).toBe(1)
  })

  it.skipIf(process.platform === 'win32')('and would lead there if it were let', async () => {
    const server = await trap()
    const agent = { lookup: dns(() => [ALIAS]), allowIPAddressList: [ALIAS] }
    expect(await server.reachable({ agent }).fetch(server.url('a.png'), limits)).toEqual(png)
  })
})

describe('httpsImages() and redirects', () => {
  const targets: [string, (port: number) => string][] = [
    ['an address', (port) => `https://127.0.0.1:${port}/trap`],
    ['an IPv6 address', (port) => `https://[::1]:${port}/trap`],
    ['a number', (port) => `https://2130706433:${port}/trap`],
    ['an address without a scheme', (port) => `//127.1:${port}/trap`],
    ['a name of this machine', (port) => `https://inside.example.org:${port}/trap`],
    ['a host that is not allowed', (port) => `https://other.example.net:${port}/trap`],
    ['http', (port) => `http://${HOST}:${port}/trap`],
    ['another port', () => `https://${HOST}:22/trap`],
    ['the usual port', () => `https://${HOST}/trap`],
    ['a user', (port) => `https://user@${HOST}:${port}/trap`],
    ['a file', () => 'file:///etc/passwd'],
    ['data', () => 'data:image/png;base64,AAAA'],
    ['no URL', () => 'https://['],
  ]
  const onEachHop = targets.flatMap(([name, target]) => [1, 2, 3].map((hop) => ({ name, target, hop })))

  it.each(onEachHop)('does not follow redirect $hop to $name', async ({ target, hop }) => {
    const server = await imageServer((response, { url }) => {
      const next = Number(url!.slice(1)) + 1
      if (next <= hop)
        response.writeHead(302, { location: next === hop ? target(server.port) : `/${next}` }).end()
      else send(response)
    })
    const lookup = dns((name) => [name === 'inside.example.org' ? ALIAS : '127.0.0.1'])
    const hosts = [HOST, 'inside.example.org']
    const fetched = server.reachable({ agent: { lookup } }).fetch(server.url('0'), { ...limits, hosts })
    await failure('url-not-allowed', fetched)
    expect(server.connections).toBe(hop)
    expect(server.requests.map(({ url }) => url)).toEqual(['/0', '/1', '/2'].slice(0, hop))
  })
})

describe('httpsImages() as deployed', () => {
  it('connects to port 443 only', async () => {
    const server = await trap()
    for (const port of [server.port, 22, 80, 8080, 8443, 65_535]) {
      const fetched = httpsImages().fetch(`https://${HOST}:${port}/a.png`, limits)
      expect(await failure('url-not-allowed', fetched)).toMatch(/another port than 443/)
    }
    expect(server.connections).toBe(0)
  })

  it('rejects a name of this machine by its address', async () => {
    // No DNS is asked for it: https://datatracker.ietf.org/doc/html/rfc6761#section-6.3
    const fetched = httpsImages().fetch('https://localhost/a.png', { ...limits, hosts: ['localhost'] })
    expect(await failure('url-not-allowed', fetched)).toMatch(/an address that is not public/)
  })
})
