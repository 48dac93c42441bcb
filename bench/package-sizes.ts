import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack } from '../test/packages/support/pack.ts'
import { buildClient } from '../tools/client-package.ts'
import { buildEmulator } from '../tools/emulator-package.ts'
import { packageFunctions } from '../tools/functions-package.ts'
import { root } from '../tools/paths.ts'
import { type Size, sizeOf } from './size.ts'

/** The id of the package with all its packages except the Firebase SDKs of the app. */
export const INSTALLED = 'firesight, installed with sharp'
/** The ids of the packed packages. */
export const PACKED = {
  functions: 'firesight, packed',
  client: '@firesight/client, packed',
  emulator: '@firesight/gemini-emulator, packed',
}

/**
 * Measures the packages as npm publishes and installs them. Uses packages from the npm cache if possible.
 * @throws Error if npm cannot install sharp
 */
export async function measurePackageSizes(): Promise<Size[]> {
  const folder = mkdtempSync(join(tmpdir(), 'firesight-package-size-'))
  const at = (name: string) => join(folder, name)
  try {
    await packageFunctions(at('functions'))
    await buildClient(at('client'))
    await buildEmulator(at('emulator'))
    const functions = await pack(at('functions'), folder)
    const client = await pack(at('client'), folder)
    const emulator = await pack(at('emulator'), folder)
    return [
      { id: PACKED.functions, unit: 'bytes', samples: [functions.size] },
      { id: 'firesight, unpacked', unit: 'bytes', samples: [functions.unpackedSize] },
      { id: INSTALLED, unit: 'bytes', samples: [installedSize(functions.file, at('app'))] },
      { id: PACKED.client, unit: 'bytes', samples: [client.size] },
      { id: PACKED.emulator, unit: 'bytes', samples: [emulator.size] },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Installs a packed package and sharp, without other peer dependencies. */
function installedSize(tarball: string, app: string): number {
  const workspace: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(root, 'functions/package.json'), 'utf8'),
  )
  const sharp = `sharp@${workspace.dependencies.sharp}`
  const options = ['--legacy-peer-deps', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  const args = ['install', '--prefix', app, tarball, sharp, ...options]
  execFileSync('npm', args, { stdio: ['ignore', 'ignore', 'pipe'], shell: process.platform === 'win32' })
  return sizeOf(join(app, 'node_modules'), '**/*').bytes
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  for (const { id, samples } of await measurePackageSizes())
    console.log(`${id.padEnd(36)} ${(samples[0] / 1e6).toFixed(2)} MB`)
}
