// `npm run build --workspace client`: builds client/dist, the folder to publish, and prints its sizes.
import { join } from 'node:path'
import { buildClient } from './client-package.ts'
import { bundleSizes } from './client-sizes.ts'
import { root } from './paths.ts'

const folder = join(root, 'client/dist')
await buildClient(folder)
const { own, parts } = await bundleSizes(join(folder, 'index.js'))
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
console.log(`client/dist: ${kilobytes(own)} minified and compressed, without Firebase`)
for (const [part, bytes] of Object.entries(parts))
  console.log(`  ${part}: ${kilobytes(bytes)} including Firebase`)
