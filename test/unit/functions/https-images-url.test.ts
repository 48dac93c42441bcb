import { describe, expect, it } from 'vitest'
import { checkImageUrl } from '../../../functions/src/image/image-url.ts'

const check = (url: string, ...hosts: string[]) => checkImageUrl(url, { hosts, port: 443 }).href

describe('checkImageUrl()', () => {
  it.each([
    ['https://images.example.com/cat.jpg?size=2', 'images.example.com'],
    ['https://images.example.com:443/', 'images.example.com'],
    ['HTTPS://IMAGES.Example.COM/', 'images.example.com'],
    ['https://images.example.com\\@evil.example/', 'images.example.com'],
    ['https://images.example.com#@evil.example/', 'images.example.com'],
    ['https://ｉmages.example.com/', 'images.example.com'],
    ['https://bücher.example/', 'xn--bcher-kva.example'],
    ['https://xn--bcher-kva.example/', 'xn--bcher-kva.example'],
    ['https://a.example.com/', '*.example.com'],
    ['https://a.b.example.com/', '*.example.com'],
    ['https://a.example.com/', 'images.example.com', '*.example.com'],
  ])('takes %s from %s', (url, ...hosts) => {
    const checked = new URL(check(url, ...hosts))
    expect(hosts.some((host) => checked.hostname.endsWith(host.replace('*', '')))).toBe(true)
  })

  it.each([
    ['https://images.example.com/'],
    ['https://example.com/', 'images.example.com'],
    ['https://a.images.example.com/', 'images.example.com'],
    ['https://images.example.com./', 'images.example.com', '*.example.com'],
    ['https://images.example.com.evil.example/', 'images.example.com', '*.example.com'],
    ['https://evil-images.example.com/', 'images.example.com'],
    ['https://images-example.com/', 'images.example.com'],
    ['https://example.com/', '*.example.com'],
    ['https://.example.com/', '*.example.com'],
    ['https://evilexample.com/', '*.example.com'],
    ['https://evil.example/#.example.com', '*.example.com'],
    ['https://evil.example\\.example.com/', '*.example.com'],
    // A Cyrillic a.
    ['https://images.exаmple.com/', 'images.example.com', '*.example.com'],
    ['https://*.example.com/', '*.evil.example'],
  ])('refuses %s, which is none of the allowed hosts', (url, ...hosts) => {
    expect(() => check(url, ...hosts)).toThrow('names a host that URL_IMAGE_HOSTS does not allow')
  })

  it.each([
    ['https://8.8.8.8/', '8.8.8.8'],
    ['https://134744072/', '8.8.8.8'],
    ['https://0x8.8.8.8/', '8.8.8.8'],
    ['https://8.8.8.8./', '8.8.8.8.'],
    ['https://[2001:4860:4860::8888]/', '[2001:4860:4860::8888]'],
  ])('refuses %s: an address never counts as a name', (url, host) => {
    expect(() => check(url, host)).toThrow('names an IP address; it must name a host')
  })

  it.each([
    ['http://images.example.com/', /another scheme than https/],
    ['ftp://images.example.com/', /another scheme than https/],
    ['file:///etc/passwd', /another scheme than https/],
    ['gs://bucket/cat.jpg', /another scheme than https/],
    ['blob:https://images.example.com/1', /another scheme than https/],
    ['https://user@images.example.com/', /user name or password/],
    ['https://:secret@images.example.com/', /user name or password/],
    ['https://images.example.com:80/', /another port than 443/],
    ['https://images.example.com:0/', /another port than 443/],
    ['https://images.example.com:99999/', /cannot be parsed/],
    ['//images.example.com/', /cannot be parsed/],
    ['images.example.com/cat.jpg', /cannot be parsed/],
    ['https://images.example.com%00.evil.example/', /cannot be parsed/],
    ['https://', /cannot be parsed/],
    ['', /cannot be parsed/],
  ])('refuses %j', (url, message) => {
    expect(() => check(url, 'images.example.com')).toThrow(message)
    expect(() => check(url, 'images.example.com')).toThrow(
      expect.objectContaining({ code: 'url-not-allowed' }),
    )
  })
})
