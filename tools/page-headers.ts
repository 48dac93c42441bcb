import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { root } from './paths.ts'

const configSchema = z.object({
  hosting: z.object({
    headers: z.array(
      z.object({
        source: z.string(),
        headers: z.array(z.object({ key: z.string(), value: z.string() })),
      }),
    ),
  }),
})

/** The headers that Firebase Hosting sends with every file, from firebase.json. */
export function hostingHeaders(): Record<string, string> {
  const { hosting } = configSchema.parse(JSON.parse(readFileSync(join(root, 'firebase.json'), 'utf8')))
  const all = hosting.headers.find(({ source }) => source === '**')
  if (!all) throw new Error('Cannot find the headers of the page: firebase.json has none for "**"')
  return Object.fromEntries(all.headers.map(({ key, value }) => [key, value]))
}

/**
 * The same for the development server. Its Content-Security-Policy also allows the emulators and Vite's style
 * elements. Without Strict-Transport-Security, which would concern every server of this host.
 */
export function developmentHeaders(): Record<string, string> {
  const {
    'Strict-Transport-Security': _,
    'Content-Security-Policy': policy = '',
    ...headers
  } = hostingHeaders()
  const added: Record<string, string> = {
    'connect-src': 'http://127.0.0.1:* ws://127.0.0.1:* http://localhost:* ws://localhost:*',
    'img-src': 'http://127.0.0.1:* http://localhost:*',
    'style-src': "'unsafe-inline'",
  }
  const directives = policy.split('; ').map((directive) => {
    const more = added[directive.split(' ', 1)[0]!]
    return more ? `${directive} ${more}` : directive
  })
  return { ...headers, 'Content-Security-Policy': directives.join('; ') }
}
