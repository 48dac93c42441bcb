import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LockedPackage, lockedPackages } from './locked-packages.ts'
import { type Packed, pack } from './pack.ts'

export type Registry = AsyncDisposable & { url: string }

type Version = { manifest: Record<string, unknown>; integrity: string; file: string }

/**
 * Starts an npm registry on loopback with the packages of the lockfiles and our own packed packages. Tarballs
 * come from npm's cache, where `npm ci` left them, so no request leaves this machine. Verdaccio would be
 * another 100 packages, and it has no storage that reads lockfiles (2026-11).
 */
export async function startRegistry(published: readonly Packed[]): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), 'firesight-registry-'))
  const cache = execFileSync('npm', ['config', 'get', 'cache'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  }).trim()
  const locked = Map.groupBy(lockedPackages(), ({ name }) => name)
  const versions = new Map<string, Promise<Map<string, Version>>>()

  async function readVersions(name: string): Promise<Map<string, Version>> {
    const found = new Map<string, Version>()
    for (const item of locked.get(name) ?? []) {
      if (found.has(item.version)) continue
      found.set(item.version, await fromCache(item, cache, folder))
    }
    for (const { manifest, integrity, file, hasShrinkwrap } of published) {
      if (manifest.name !== name) continue
      found.set(manifest.version, {
        manifest: { ...manifest, _hasShrinkwrap: hasShrinkwrap },
        integrity,
        file,
      })
    }
    return found
  }

  function versionsOf(name: string): Promise<Map<string, Version>> {
    const known = versions.get(name) ?? readVersions(name)
    versions.set(name, known)
    return known
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent((request.url ?? '/').replace(/\?.*/, '').slice(1))
    // npm prints the reason.
    const refuse = (error: string) => {
      response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
    }
    const [, tarballName, version = ''] = /^-\/(.+)\/([^/]+)\.tgz$/.exec(path) ?? []
    const name = tarballName ?? path
    const found = await versionsOf(name)
    if (found.size === 0) return refuse(`no lockfile has ${name}: add it to test/extra/kits`)
    if (tarballName === undefined) {
      const body = JSON.stringify(packument(name, found, `http://${request.headers.host}`))
      response.writeHead(200, { 'content-type': 'application/json' }).end(body)
      return
    }
    const file = found.get(version)?.file
    if (file === undefined || !existsSync(file))
      return refuse(`npm's cache has no ${name}@${version}: run npm cache add ${name}@${version}`)
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(readFileSync(file))
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response
        .writeHead(500, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: String(error) }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md, 2026-11 */
function packument(name: string, versions: Map<string, Version>, url: string): object {
  const latest = [...versions.keys()].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1)
  const manifests = [...versions].map(([version, { manifest, integrity }]) => [
    version,
    { ...manifest, name, version, dist: { integrity, tarball: `${url}/-/${name}/${version}.tgz` } },
  ])
  return { name, 'dist-tags': { latest }, versions: Object.fromEntries(manifests) }
}

/**
 * The tarball in npm's cache, or else one packed from node_modules, which has another integrity. The file does
 * not exist if the package is neither cached nor installed.
 */
async function fromCache(item: LockedPackage, cache: string, folder: string): Promise<Version> {
  const { manifest, integrity = '', folder: installed } = item
  const file = integrity && join(cache, '_cacache', contentPath(integrity))
  if (file && existsSync(file)) return { manifest, integrity, file }
  if (!existsSync(join(installed, 'package.json'))) return { manifest, integrity, file }
  const packed = await pack(installed, mkdtempSync(join(folder, 'packed-')))
  return { manifest, integrity: packed.integrity, file: packed.file }
}

/** https://github.com/npm/cacache/blob/main/lib/content/path.js, 2026-11 */
function contentPath(integrity: string): string {
  const [algorithm = '', digest = ''] = integrity.split(' ')[0]!.split(/-(.*)/s)
  const hex = Buffer.from(digest, 'base64').toString('hex')
  return join('content-v2', algorithm, hex.slice(0, 2), hex.slice(2, 4), hex.slice(4))
}
