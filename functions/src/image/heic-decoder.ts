import { createRequire } from 'node:module'
import type { Config } from '../config/config.ts'

/**
 * Checks that the optional package with the decoder is installed, if it is needed. Loads nothing.
 * @throws Error that names the package
 */
export function requireHeicDecoder({ heic }: Pick<Config, 'heic'>): void {
  if (heic !== 'decode') return
  try {
    createRequire(import.meta.url).resolve('libheif-js/wasm-bundle.js')
  } catch (error) {
    throw new Error(
      'Cannot use HEIC=decode: the package libheif-js is not installed. Run `npm install libheif-js` in the ' +
        'folder of your functions, or set HEIC=original or HEIC=off',
      { cause: error },
    )
  }
}
