import type { Codebase } from './codebase.ts'
import type { ProjectFiles } from './files.ts'
import { readJson, setJson } from './json.ts'
import type { PackageFiles } from './package-files.ts'

export const SCRIPT = 'firesight:emulators'
const COMMAND = 'gemini-emulator -- firebase emulators:start'
const LOCAL_API = '@firesight/gemini-emulator'
const PACKAGE_JSON = 'package.json'

/**
 * Adds the npm script that starts the Firebase emulators together with the local Gemini API, and a key for it.
 * @returns a note if the project has a script of this name already
 */
export function addLocalRun(
  files: ProjectFiles,
  { kind, source }: Codebase,
  { version }: PackageFiles,
): string[] {
  const manifest = readJson(PACKAGE_JSON, files.read(PACKAGE_JSON))
  const notes: string[] = []
  const set = (path: string[], value: unknown) =>
    files.write(PACKAGE_JSON, setJson(files.read(PACKAGE_JSON), path, value))
  if (files.read(PACKAGE_JSON) === undefined) set(['private'], true)
  const script = entryOf(manifest, 'scripts', SCRIPT)
  if (script === undefined) set(['scripts', SCRIPT], COMMAND)
  else if (script !== COMMAND) notes.push(`package.json has its own script ${SCRIPT}, which was kept.`)
  const isListed = ['dependencies', 'devDependencies'].some((list) => entryOf(manifest, list, LOCAL_API))
  if (!isListed) set(['devDependencies', LOCAL_API], `^${version}`)

  const secret = `${source}/.secret.local`
  if (!files.exists(secret))
    files.write(
      secret,
      '# Only for the emulators. Any text works with the local Gemini API.\nGEMINI_API_KEY=local\n',
    )
  if (kind === 'kit') ignore(files, secret)
  return notes
}

/** Keeps a file out of Git. */
function ignore(files: ProjectFiles, path: string): void {
  const text = files.read('.gitignore') ?? ''
  const covered = [path, `/${path}`, '*.local', '.secret.local', '**/.secret.local']
  if (text.split(/\r?\n/).some((line) => covered.includes(line.trim()))) return
  files.write('.gitignore', `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${path}\n`)
}

function entryOf(manifest: Record<string, unknown>, list: string, name: string): unknown {
  const entries = manifest[list]
  return typeof entries === 'object' && entries !== null
    ? Object.entries(entries).find(([key]) => key === name)?.[1]
    : undefined
}
