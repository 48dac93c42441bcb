import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Cloud } from '../../../cli/src/init/cloud.ts'
import { type CommandOptions, runInit } from '../../../cli/src/init/command.ts'
import type { Ask } from '../../../cli/src/init/project.ts'
import { CannotCheck } from '../../../tools/doctor/finding.ts'

export type Files = Record<string, string>

/** A Firebase project in a temporary folder, which is deleted after the test. */
export function initProject(files: Files) {
  const folder = mkdtempSync(join(tmpdir(), 'firesight-init-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const [path, text] of Object.entries(files)) write(path, text)

  return {
    folder,
    write,
    /** All files, by path. */
    files: (): Files =>
      Object.fromEntries(
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ parentPath, name }) => join(parentPath, name))
          .map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]),
      ),
    /** Runs `firesight init --yes`, and returns what it printed. */
    async init(
      options: Partial<CommandOptions> = {},
      cloud: Partial<Cloud> = {},
      ask?: Ask,
    ): Promise<string> {
      const lines: string[] = []
      const defaults = { rules: true, yes: true, dryRun: false, undo: false }
      await runInit(
        folder,
        { ...defaults, ...options },
        {
          ask,
          print: (line) => lines.push(line),
          cloud: () => ({ ...notSignedIn, ...cloud }),
        },
      )
      return lines.join('\n')
    },
  }
}

const refuse = async () => {
  throw new CannotCheck('application default credentials are missing or no longer valid')
}
const notSignedIn: Cloud = { defaultBucket: refuse, locationOf: refuse, activeRules: refuse }
