import { createReadStream, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { z } from 'zod'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.png': 'image/png',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
}

const configSchema = z.object({
  hosting: z.object({
    headers: z.array(
      z.object({ source: z.string(), headers: z.array(z.object({ key: z.string(), value: z.string() })) }),
    ),
  }),
})

/**
 * Serves a built site on loopback as Firebase Hosting does: index.html for folders, 404.html for unknown
 * addresses, and the headers that the configuration has for "**".
 * @param port 0 for a free port
 */
export async function serveSite(
  folder: string,
  configFile: string,
  port = 0,
): Promise<{ origin: string } & AsyncDisposable> {
  const { hosting } = configSchema.parse(JSON.parse(readFileSync(configFile, 'utf8')))
  const headers = hosting.headers.find(({ source }) => source === '**')?.headers ?? []
  const server = createServer((request, response) => {
    for (const { key, value } of headers) response.setHeader(key, value)
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname))
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path)
    const exists = statSync(file, { throwIfNoEntry: false })?.isFile() ?? false
    response.statusCode = exists ? 200 : 404
    const served = exists ? file : join(folder, '404.html')
    response.setHeader('Content-Type', TYPES[extname(served)] ?? 'application/octet-stream')
    createReadStream(served).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
