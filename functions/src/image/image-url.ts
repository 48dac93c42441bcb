import { isIP } from 'node:net'
import { VisionError } from '../errors.ts'

type Allowed = {
  /** As in URL_IMAGE_HOSTS: `images.example.com`, or `*.example.com` for all those below it but not itself. */
  hosts: readonly string[]
  port: number
  /** The URL that sent us here, which relative ones are relative to. */
  redirectedFrom?: URL
}

/**
 * The URL, if images may be fetched from it. Its host is compared as the URL standard spells it, which is also what is connected to:
 * in lower case, in punycode, and IPv4 addresses as four numbers, however they were written.
 * https://url.spec.whatwg.org/#host-parsing
 * @throws VisionError `url-not-allowed`, without anything of the URL
 */
export function checkImageUrl(text: string, { hosts, port, redirectedFrom }: Allowed): URL {
  const refuse = (found: string) =>
    new VisionError(
      'url-not-allowed',
      `Cannot fetch the image: ${redirectedFrom ? 'a redirect' : 'its URL'} ${found}`,
    )
  const url = URL.parse(text, redirectedFrom?.href)
  if (!url) throw refuse('cannot be parsed; it must be like https://images.example.com/cat.jpg')
  if (url.protocol !== 'https:') throw refuse('has another scheme than https')
  if (url.username !== '' || url.password !== '')
    throw refuse('holds a user name or password; it must hold none')
  if (Number(url.port || 443) !== port) throw refuse(`names another port than ${port}`)
  if (url.hostname.startsWith('[') || isIP(url.hostname) !== 0)
    throw refuse('names an IP address; it must name a host')
  if (!hosts.some((host) => matches(url.hostname, host)))
    throw refuse('names a host that URL_IMAGE_HOSTS does not allow')
  return url
}

function matches(hostname: string, allowed: string): boolean {
  if (!allowed.startsWith('*.')) return hostname === allowed
  const suffix = allowed.slice(1)
  return hostname.endsWith(suffix) && hostname.length > suffix.length
}
