// Prints the changes of the current version, for the release on GitHub.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { releaseNotes } from './changelog.ts'
import { root } from './paths.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const { version } = JSON.parse(read('package.json')) as { version: string }
console.log(releaseNotes(read('CHANGELOG.md'), version))
