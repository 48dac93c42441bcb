import { execFileSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root, storageBucket } from '../../tools/paths.ts'
import { drawScene, FOUR_SHAPES } from '../support/scene.ts'
import { startProject } from './support/emulated-project.ts'
import { createForeignProject } from './support/foreign-project.ts'
import { finalStatus, uploadPhoto } from './support/photos.ts'
import { type PublishedFunctions, publishFunctions } from './support/published-packages.ts'

let published: PublishedFunctions
beforeAll(async () => {
  published = await publishFunctions()
})
afterAll(async () => published[Symbol.asyncDispose]())

it('the trigger of docs/library.md compiles to CommonJS and annotates a photo', async () => {
  await using project = createForeignProject({
    node: 22,
    registry: published.url,
    functions: [{ source: 'functions', codebase: 'albums' }],
  })
  project.write('functions/package.json', {
    name: 'albums',
    private: true,
    main: 'own-trigger.js',
    engines: { node: '22' },
  })
  project.write('functions/.secret.local', 'GEMINI_API_KEY=local\n')
  const folder = join(project.path, 'functions')
  copyFileSync(join(root, 'docs/examples/functions/own-trigger.ts'), join(folder, 'own-trigger.ts'))
  const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, skipLibCheck: true }
  project.write('functions/tsconfig.json', { compilerOptions, files: ['own-trigger.ts'] })
  await project.install('functions', published.name, 'firebase-functions', 'firebase-admin', 'sharp')
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder])

  await using emulated = await startProject(project)
  expect(await emulated.functions()).toEqual(['us-central1/onAlbumPhoto'])
  const { png } = await drawScene(FOUR_SHAPES)
  const photo = 'albums/ada/holidays/shapes.png'
  await uploadPhoto(emulated.ports, storageBucket, photo, png)
  expect(await finalStatus(emulated.ports, storageBucket, photo)).toBe('succeeded')
})
