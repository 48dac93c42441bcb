import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { initProject } from './init-project.ts'

const firebaserc = { '.firebaserc': '{ "projects": { "default": "photo-album" } }' }
const rules = (body: string) =>
  `rules_version = '2';\nservice cloud.firestore {\n  match /databases/{database}/documents {\n${body}\n  }\n}\n`
const region = 'europe-west1'

describe('--undo', () => {
  it('names files that were changed since, and changes nothing', async () => {
    const project = initProject(firebaserc)
    await project.init({ region })
    project.write('storage.rules', `${project.files()['storage.rules']}// Mine.\n`)
    project.write('firesight/.env.photo-album', 'ENFORCE_APP_CHECK=true\n')
    const before = project.files()
    await expect(project.init({ undo: true })).rejects.toThrow(
      /changed since\.\n {2}storage\.rules\n {2}firesight\/\.env\.photo-album\n|changed since\.\n.*\.env\.photo-album\n {2}storage\.rules\n/,
    )
    expect(project.files()).toEqual(before)
  })

  it('undoes several runs, and accepts files that were deleted', async () => {
    const files = { ...firebaserc, 'firestore.rules': rules('match /a/{b} { allow read; }') }
    const project = initProject(files)
    await project.init({ region, rules: false })
    const first = project.files()
    await project.init({ region })
    expect(project.files()['firestore.rules']).not.toBe(first['firestore.rules'])
    rmSync(join(project.folder, 'firesight'), { recursive: true })
    await project.init({ undo: true })
    expect(project.files()).toEqual(files)
  })

  it('has nothing to do without a record', async () => {
    await expect(initProject(firebaserc).init({ undo: true })).rejects.toThrow(/Nothing to undo/)
  })
})
