// `npm run build --workspace gemini-emulator`: builds gemini-emulator/dist, the folder to publish.
import { join } from 'node:path'
import { buildEmulator } from './emulator-package.ts'
import { root } from './paths.ts'

await buildEmulator(join(root, 'gemini-emulator/dist'))
console.log('gemini-emulator/dist: built')
