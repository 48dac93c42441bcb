import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { hostingHeaders } from '../../../tools/page-headers.ts'

it('firebase.json sends headers that allow no inline script, no frame and no guessed type', () => {
  const { 'Content-Security-Policy': policy = '', ...headers } = hostingHeaders()
  const directives = new Map(
    policy.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ')
      return [name, sources]
    }),
  )
  expect(directives.get('default-src')).toEqual(["'none'"])
  expect(directives.get('frame-ancestors')).toEqual(["'none'"])
  expect(directives.get('base-uri')).toEqual(["'none'"])
  expect(policy).not.toMatch(/unsafe-(inline|eval)|http:|\s\*(\s|;|$)/)
  expect(headers).toMatchObject({
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Strict-Transport-Security': expect.stringMatching(/^max-age=\d{8,}/),
  })
})

it('web/index.html has no inline script and no event handler attributes', () => {
  const html = readFileSync(join(import.meta.dirname, '../../../web/index.html'), 'utf8')
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|<style|\sstyle=/)
})
