import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Optional: 130 MB. The model is two files of `@vladmandic/human`. */
export const DETECTOR_PACKAGES = [
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-converter',
  '@tensorflow/tfjs-core',
  '@vladmandic/human',
]

/**
 * The packages of the detector that are not installed, or that lack a file of the model.
 * @param from the file or folder URL that needs them
 */
export function missingPackages(from: string | URL = import.meta.url): string[] {
  const { resolve } = createRequire(from)
  return DETECTOR_PACKAGES.filter((name) => {
    try {
      const entry = resolve(name)
      return name === '@vladmandic/human' && !Object.values(modelFilesOf(entry)).every(existsSync)
    } catch {
      return true
    }
  })
}

/** The files of the model, next to the entry of `@vladmandic/human`. */
export function modelFilesOf(entry: string): { topology: string; weights: string } {
  const models = join(dirname(entry), '../models')
  return { topology: join(models, 'centernet.json'), weights: join(models, 'centernet.bin') }
}
