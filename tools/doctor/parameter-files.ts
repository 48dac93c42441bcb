import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Finding } from './finding.ts'

const require = createRequire(import.meta.url)

type FirebaseError = Error & { children?: Error[] }

export type ParameterFiles = {
  /** The files that were read, in order: each goes before those before it. */
  files: string[]
  values: Record<string, string>
}

/**
 * The parameters' files as firebase-tools reads them, with its own parser: `.env`, `.env.<project>` or `.env.<alias>`, and in the emulators
 * `.env.local`. A file that it does not take is one to mend: nothing else can be said then.
 */
export function readParameterFiles(
  folder: string,
  { project, alias, emulated }: { project: string; alias?: string | undefined; emulated: boolean },
): ParameterFiles | { unreadable: Omit<Finding, 'check'> } {
  const { parseStrict } = require('firebase-tools/lib/functions/env.js') as {
    parseStrict: (text: string) => Record<string, string>
  }
  const names = [
    '.env',
    `.env.${project}`,
    ...(alias ? [`.env.${alias}`] : []),
    ...(emulated ? ['.env.local'] : []),
  ]
  const files = names.filter((name) => existsSync(join(folder, name)))
  const values: Record<string, string> = {}
  for (const file of files) {
    try {
      Object.assign(values, parseStrict(readFileSync(join(folder, file), 'utf8')))
    } catch (error) {
      const { message, children = [] } = error as FirebaseError
      // A line that does not parse may hold a secret: firebase-tools' words about it stay unsaid.
      const reason = children.length > 0 ? children.map((child) => child.message).join(' ') : message
      const found = `firebase-tools does not take ${file}: ${reason.replace(/on lines: .*/s, 'in its form')}`
      const command = `$EDITOR ${join(folder, file)}`
      return { unreadable: { state: 'mend', found, right: 'lines of NAME=value', command } }
    }
  }
  return { files, values }
}
