import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

export type Packed = {
  manifest: { name: string; version: string }
  /** The tarball. */
  file: string
  integrity: string
  hasShrinkwrap: boolean
  /** Sizes in bytes. */
  size: number
  unpackedSize: number
}

/** Packs a folder as `npm publish` does, without scripts. @throws Error if npm fails */
export async function pack(folder: string, destination: string): Promise<Packed> {
  const { stdout } = await promisify(execFile)(
    'npm',
    ['pack', folder, '--json', '--ignore-scripts', '--pack-destination', destination],
    { cwd: destination, maxBuffer: 2 ** 26, shell: process.platform === 'win32' },
  )
  const [packed] = JSON.parse(stdout) as [
    { filename: string; integrity: string; size: number; unpackedSize: number; files: { path: string }[] },
  ]
  const manifest: Packed['manifest'] = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return {
    manifest,
    file: join(destination, packed.filename),
    integrity: packed.integrity,
    hasShrinkwrap: packed.files.some(({ path }) => path === 'npm-shrinkwrap.json'),
    size: packed.size,
    unpackedSize: packed.unpackedSize,
  }
}
