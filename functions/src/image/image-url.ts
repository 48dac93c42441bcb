import { isIP } from 'node:net'
import { VisionError } from '../errors.ts'

type Allowed = {
  /**
   * As in URL_IMAGE_HOSTS: `images.example.com`, or `*.example.com` for all its subdomains, but not itself.
   */
  hosts: readonly string[]
  port: number
  /** The URL that redirected to this one. Relative URLs are resolved against it. */
  redirectedFrom?: URL
}

/**
 * Returns the URL if images may be fetched from it. The host is compared in the normal form of the URL
 * standard, which is also used for the connection: lower case, punycode, IPv4 addresses as four numbers.
 * https://url.spec.whatwg.org/#host-parsing
 * @throws VisionError `url-not-allowed`; the message contains no part of the URL
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
