import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../tools/paths.ts'
import { markdownFiles } from './markdown-links.ts'

type Package = { name: string; bin?: string | Record<string, string>; scripts?: Record<string, string> }

const readPackage = (folder: string) =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Package

const workspaces = new Map(
  globSync('*/package.json', { cwd: root }).map((file) => {
    const folder = file.split(/[\\/]/)[0]!
    return [folder, readPackage(folder)]
  }),
)

/** What `npx` finds: packages of this repository and of its tools, and two public ones. */
const EXECUTABLES = new Set([
  'firesight',
  '@firesight/gemini-emulator',
  'gemini-emulator',
  'firebase',
  'changeset',
  'vitest',
  'skills',
])

/** A command of a Markdown file that does not exist. */
export type UnknownCommand = { file: string; command: string }

/** The commands `npm run`, `npx` and `firebase` of a Markdown text that do not exist. The changelog keeps earlier ones. */
export function unknownCommands(file: string, text: string): UnknownCommand[] {
  const checks: [RegExp, (match: RegExpExecArray) => boolean][] = [
    [
      /\bnpm run (?:-s |--silent )?([\w:-]+)(?: --workspace[ =](\S+))?/g,
      ([, script, workspace]) => hasScript(script!, workspace),
    ],
    [/\bnpm (start|test)\b/g, ([, script]) => hasScript(script!)],
    [/\bnpx ([@\w/-]+)/g, ([, name]) => EXECUTABLES.has(name!)],
    // A longer name of a command, such as functions:secrets:set: `firebase login` and prose such as "firebase and" are not checked.
    [/\bfirebase ([a-z]+(?::[a-z]+)+)/g, ([, name]) => isFirebaseCommand(name!)],
  ]
  return checks.flatMap(([pattern, exists]) =>
    Array.from(text.matchAll(pattern))
      .filter((match) => !exists(match))
      .map(([command]) => ({ file, command })),
  )
}

/** The same for all pages. */
export function unknownCommandsOfPages(): UnknownCommand[] {
  return markdownFiles()
    .filter((file) => file !== 'CHANGELOG.md' && !file.startsWith('docs/decisions/'))
    .flatMap((file) => unknownCommands(file, readFileSync(join(root, file), 'utf8')))
}

function hasScript(script: string, workspace?: string): boolean {
  const { scripts = {} } = workspace ? (workspaces.get(workspace) ?? {}) : readPackage('.')
  // `npx firesight init` adds this script to the package.json of the user's project.
  return Object.hasOwn(scripts, script) || script === 'firesight:emulators'
}

function isFirebaseCommand(name: string): boolean {
  const commands = join(root, 'node_modules/firebase-tools/lib/commands')
  // The command firestore:indexes is in the file firestore-indexes-list.js.
  return ['', '-list'].some((end) => existsSync(join(commands, `${name.replaceAll(':', '-')}${end}.js`)))
}
