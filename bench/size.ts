import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleFunctions } from '../tools/bundle.ts'

export type Size = { id: string; unit: 'bytes'; samples: [number] }

/**
 * Measures the uploaded files, and the files after `npm ci --omit=dev`, which Cloud Build runs. Uses packages
 * from the npm cache if possible.
 * @throws Error if npm cannot install the packages
 */
export async function measureSizes(): Promise<Size[]> {
  const folder = mkdtempSync(join(tmpdir(), 'firesight-size-'))
  try {
    await bundleFunctions(folder)
    const code = sizeOf(folder, '*.js')
    const uploaded = sizeOf(folder, '*')
    const { status, stderr } = spawnSync(
      'npm',
      ['ci', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'],
      {
        cwd: folder,
        encoding: 'utf8',
        shell: process.platform === 'win32',
      },
    )
    if (status !== 0) throw new Error(`Cannot install the deployed folder:\n${stderr}`)
    const { packages }: { packages: object } = JSON.parse(
      readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8'),
    )
    const installed = sizeOf(folder, '**/*')
    return [
      { id: `bundled code, ${code.files} files`, unit: 'bytes', samples: [code.bytes] },
      { id: `uploaded, ${uploaded.files} files`, unit: 'bytes', samples: [uploaded.bytes] },
      {
        id: `installed, with ${Object.keys(packages).length} packages`,
        unit: 'bytes',
        samples: [installed.bytes],
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The size of the files that match. */
export function sizeOf(folder: string, pattern: string): { bytes: number; files: number } {
  const sizes = globSync(pattern, { cwd: folder }).flatMap((file) => {
    const stats = statSync(join(folder, file))
    return stats.isFile() ? [stats.size] : []
  })
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), files: sizes.length }
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  for (const { id, samples } of await measureSizes())
    console.log(`${id.padEnd(32)} ${(samples[0] / 1e6).toFixed(1)} MB`)
}
