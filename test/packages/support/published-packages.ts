import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleFunctions } from '../../../tools/bundle.ts'
import { packageFunctions } from '../../../tools/functions-package.ts'
import { type Packed, pack } from './pack.ts'
import { type Registry, startRegistry } from './registry.ts'

export type PublishedFunctions = Registry & {
  packed: Packed
  /** The packed folder that our own deployment uploads. */
  deployable: Packed
  /** The name of the package. */
  name: string
}

/** Builds and packs the functions, and starts a registry on loopback that has them. */
export async function publishFunctions(): Promise<PublishedFunctions> {
  const folder = mkdtempSync(join(tmpdir(), 'firesight-packed-'))
  const built = join(folder, 'firesight')
  await packageFunctions(built)
  const packed = await pack(built, folder)
  await bundleFunctions(join(folder, 'dist'))
  const deployable = await pack(join(folder, 'dist'), mkdtempSync(join(folder, 'deployable-')))
  const registry = await startRegistry([packed])
  return {
    ...registry,
    packed,
    deployable,
    name: packed.manifest.name,
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
