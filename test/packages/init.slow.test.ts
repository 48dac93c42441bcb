import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { projectId, storageBucket } from '../../tools/paths.ts'
import { drawScene, FOUR_SHAPES } from '../support/scene.ts'
import { startProject } from './support/emulated-project.ts'
import { createForeignProject, type ForeignProject } from './support/foreign-project.ts'
import { finalStatus, uploadPhoto } from './support/photos.ts'
import { type PublishedFunctions, publishFunctions } from './support/published-packages.ts'

/* `npx firesight init` of the packed package, in a project with rules of its own. */

const ownFiles = {
  'firebase.json': '{\n  "firestore": { "rules": "own.rules" }\n}\n',
  'own.rules': `rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents {
    match /posts/{id} { allow read; }
  }
}
`,
}

let published: PublishedFunctions
beforeAll(async () => {
  published = await publishFunctions()
})
afterAll(async () => published[Symbol.asyncDispose]())

async function npx({ path, environment }: ForeignProject, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('npx', ['--yes', published.name, ...args], {
    cwd: path,
    env: { ...process.env, ...environment },
    shell: process.platform === 'win32',
  })
  return stdout
}

it('npx firesight init on Node 22 sets up a project whose functions annotate a photo', async () => {
  await using project = createForeignProject({ node: 22, registry: published.url })
  for (const file of ['storage.rules', 'firestore.rules', 'firestore.indexes.json']) {
    rmSync(join(project.path, file))
  }
  for (const [file, text] of Object.entries(ownFiles)) project.write(file, text)

  await npx(project, 'init', '--yes', '--project', projectId)
  expect(project.read('own.rules')).toMatch(/match \/posts\/\{id\}[^]*match \/images\/\{imageId\}/)
  expect(await npx(project, 'init', '--yes', '--project', projectId)).toContain('Nothing to change')

  await project.install('firesight')
  {
    await using emulated = await startProject(project)
    expect(await emulated.functions()).toContain('us-central1/onImageUploaded')
    const { png } = await drawScene(FOUR_SHAPES)
    const photo = 'users/ada/uploads/shapes.png'
    await uploadPhoto(emulated.ports, storageBucket, photo, png)
    expect(await finalStatus(emulated.ports, storageBucket, photo)).toBe('succeeded')
  }

  await npx(project, 'init', '--undo', '--yes')
  for (const [file, text] of Object.entries(ownFiles)) expect(project.read(file)).toBe(text)
})
