// `npm run build`, which `firebase deploy` runs first: builds the source folder of the functions in
// firebase.json.
import { join } from 'node:path'
import { bundleFunctions } from './bundle.ts'
import { root } from './paths.ts'

const folder = 'functions/dist'
const { outputs } = await bundleFunctions(join(root, folder))
const bytes = Object.values(outputs).reduce((sum, output) => sum + output.bytes, 0)
console.log(`${folder}: ${(bytes / 1e6).toFixed(1)} MB of code and source maps`)
