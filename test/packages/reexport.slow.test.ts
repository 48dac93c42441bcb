import { afterAll, beforeAll, expect, it } from 'vitest'
import { storageBucket } from '../../tools/paths.ts'
import { drawScene, FOUR_SHAPES } from '../support/scene.ts'
import { startProject } from './support/emulated-project.ts'
import { createForeignProject } from './support/foreign-project.ts'
import { finalStatus, uploadPhoto } from './support/photos.ts'
import { type PublishedFunctions, publishFunctions } from './support/published-packages.ts'

/* Another codebase that exports our functions beside its own, as functions/README.md describes. */

let published: PublishedFunctions
beforeAll(async () => {
  published = await publishFunctions()
})
afterAll(async () => published[Symbol.asyncDispose]())

it.each([
  [22, 'commonjs', (name: string) => `module.exports = { ...require('${name}') }\n`],
  [24, 'module', (name: string) => `export * from '${name}'\n`],
] as const)(
  'on Node %i, a %s codebase that re-exports the functions annotates a photo',
  async (node, type, code) => {
    await using project = createForeignProject({
      node,
      registry: published.url,
      functions: [{ source: 'functions', codebase: 'photos' }],
    })
    project.write('functions/package.json', {
      name: 'photos',
      private: true,
      type,
      main: 'index.js',
      engines: { node: String(node) },
    })
    project.write('functions/index.js', code(published.name))
    project.write('functions/.secret.local', 'GEMINI_API_KEY=local\n')
    await project.install('functions', published.name, 'firebase-functions', 'firebase-admin')

    await using emulated = await startProject(project)
    expect(await emulated.functions()).toContain('us-central1/onImageUploaded')
    const { png } = await drawScene(FOUR_SHAPES)
    const photo = 'users/ada/uploads/shapes.png'
    await uploadPhoto(emulated.ports, storageBucket, photo, png)
    expect(await finalStatus(emulated.ports, storageBucket, photo)).toBe('succeeded')
  },
)
