import { parseEnv } from 'node:util'
import type { ProjectFiles } from './files.ts'
import { InitRefused } from './problems.ts'

export type Project = { id: string; alias: string | undefined }

/** The `.env` files of a codebase or of a kit instance. */
export type EnvironmentFolder = { folder: string; kind: 'codebase' | 'instance' }

/**
 * The values that the Firebase CLI would find when it deploys the project.
 * @throws InitRefused if there is a file for the project's id and one for its alias
 */
export function readEnvironment(
  files: ProjectFiles,
  folder: string,
  project: Project,
): Record<string, string> {
  const values = ['.env', environmentFile(files, folder, project)].map((file) =>
    parseEnv(files.read(file === '.env' ? `${folder}/.env` : file) ?? ''),
  )
  return Object.assign({}, ...values)
}

/** Appends the values that no file has. */
export function addToEnvironment(
  files: ProjectFiles,
  folder: string,
  project: Project,
  values: Record<string, string>,
): void {
  const present = readEnvironment(files, folder, project)
  const missing = Object.entries(values).filter(([name]) => present[name] === undefined)
  if (missing.length === 0) return
  const file = environmentFile(files, folder, project)
  const text = files.read(file) ?? ''
  const lines = missing.map(([name, value]) => `${name}=${value}\n`).join('')
  files.write(file, text === '' || text.endsWith('\n') ? text + lines : `${text}\n${lines}`)
}

/** The Firebase CLI refuses a project with both files. */
function environmentFile(files: ProjectFiles, folder: string, { id, alias }: Project): string {
  const byId = `${folder}/.env.${id}`
  const byAlias = alias && `${folder}/.env.${alias}`
  if (!byAlias || !files.exists(byAlias)) return byId
  if (files.exists(byId)) {
    throw new InitRefused([
      `${byId} and ${byAlias} are for the same project. Delete one of them: the Firebase CLI refuses both.`,
    ])
  }
  return byAlias
}
