import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Finding } from './finding.ts'

const require = createRequire(import.meta.url)

type FirebaseError = Error & { children?: Error[] }

export type ParameterFiles = {
  /** The files in the order they were read. Later files override earlier ones. */
  files: string[]
  values: Record<string, string>
}

/**
 * Reads the parameter files like firebase-tools, with its parser: `.env`, `.env.<project>` or `.env.<alias>`,
 * and in the emulators `.env.local`. Returns a finding if a file is invalid.
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
      // The message of firebase-tools quotes invalid lines, which may contain secrets: remove them.
      const reason = children.length > 0 ? children.map((child) => child.message).join(' ') : message
      const found = `firebase-tools rejects ${file}: ${reason.replace(/on lines: .*/s, '(invalid line)')}`
      const command = `$EDITOR ${join(folder, file)}`
      return { unreadable: { state: 'problem', found, expected: 'lines in the format NAME=value', command } }
    }
  }
  return { files, values }
}
