// `npm run build`, which `firebase deploy` runs first: builds the source folder of the functions in
// firebase.json, and the folder to publish.
import { join } from 'node:path'
import { bundleFunctions } from './bundle.ts'
import { packageFunctions } from './functions-package.ts'
import { root } from './paths.ts'

for (const [folder, build] of [
  ['functions/dist', bundleFunctions],
  ['functions/package', packageFunctions],
] as const) {
  const { outputs } = await build(join(root, folder))
  const bytes = Object.values(outputs).reduce((sum, output) => sum + output.bytes, 0)
  console.log(`${folder}: ${(bytes / 1e6).toFixed(1)} MB of code and source maps`)
}
