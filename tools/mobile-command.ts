// `npm run docs:mobile`: generates the models of mobile/ from docs/schemas. A slow test checks that they are
// up to date.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { installExtraPackages } from './extra-packages.ts'
import { mobileModels } from './mobile-models.ts'
import { root } from './paths.ts'

installExtraPackages()
for (const [path, text] of Object.entries(await mobileModels())) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
