import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { developmentHeaders } from '../../tools/page-headers.ts'
import { emulator } from './app.ts'

const WEB = join(import.meta.dirname, '../../web')

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.jpg': 'image/jpeg',
}

export type BuiltPage = { url: string; folder: string; close: () => void }

/**
 * Builds the page as for production, and serves it like Firebase Hosting: compressed, with the headers of
 * firebase.json and all unknown paths answered by index.html. It connects to the running emulators.
 */
export async function serveBuiltPage(): Promise<BuiltPage> {
  const folder = mkdtempSync(join(tmpdir(), 'firesight-page-'))
  await build({
    root: WEB,
    logLevel: 'warn',
    // The only difference from production: the page asks for the addresses of the emulators.
    define: { 'import.meta.env.DEV': 'true' },
    build: { outDir: folder, emptyOutDir: true, sourcemap: 'hidden' },
  })
  const files = new Map<string, { type: string; body: Buffer }>()
  for (const path of ['/__/firebase/init.json', '/emulators.json']) {
    const response = await fetch(`${emulator('FIRESIGHT_WEB_URL').url}${path}`)
    files.set(path, { type: 'application/json', body: Buffer.from(await response.arrayBuffer()) })
  }
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://page').pathname
    const { type, body } = files.get(path) ?? readFile(folder, path)
    for (const [name, value] of Object.entries(pageHeaders())) response.setHeader(name, value)
    response.setHeader('content-type', type)
    if (path.startsWith('/assets/'))
      response.setHeader('cache-control', 'public, max-age=31536000, immutable')
    if (type.startsWith('image/')) return void response.end(body)
    response.setHeader('content-encoding', 'gzip')
    response.end(gzipSync(body))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    folder,
    close: () => {
      server.closeAllConnections()
      server.close()
      rmSync(folder, { recursive: true })
    },
  }
}

function readFile(folder: string, path: string): { type: string; body: Buffer } {
  const file = join(folder, path)
  const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() === true
  const found = isFile ? file : join(folder, 'index.html')
  return { type: TYPES[extname(found)] ?? 'application/octet-stream', body: readFileSync(found) }
}

/** Those of the development server, without the style elements that only Vite's server needs. */
function pageHeaders(): Record<string, string> {
  const { 'Content-Security-Policy': policy = '', ...headers } = developmentHeaders()
  return { ...headers, 'Content-Security-Policy': policy.replace(" 'unsafe-inline'", '') }
}
