#!/usr/bin/env node
// The command `firesight` of the package.
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { runInit } from './init/command.ts'
import { InitRefused } from './init/problems.ts'
import type { Ask } from './init/project.ts'

const HELP = `Usage: firesight init [options]

Adds Firesight to the Firebase project in the current folder: a codebase with the functions, rules, indexes,
TTL policies, settings, and a script for the emulators. Shows the changes, and asks before it writes them.

  --project <id>              project id or alias (default: from .firebaserc)
  --region <region>           region of the functions (default: in the location of the bucket)
  --bucket <name>             bucket of the photos (default: the default bucket of the project)
  --images-collection <name>  Firestore collection of the annotations (default: images)
  --accept-shared-collection  apply TTL and exemptions also to collections of yours with this name
  --no-rules                  leave the rules alone
  --yes                       do not ask
  --dry-run                   show the changes, and write nothing
  --undo                      restore the files as they were before
  --help                      show this help

Exit codes: 0 done, 1 there are problems to fix, 2 invalid options.`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowNegative: true,
    allowPositionals: true,
    options: {
      project: { type: 'string' },
      region: { type: 'string' },
      bucket: { type: 'string' },
      'images-collection': { type: 'string' },
      'accept-shared-collection': { type: 'boolean', default: false },
      rules: { type: 'boolean', default: true },
      yes: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      undo: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [command, ...others] = positionals
  if (values.help || command !== 'init' || others.length > 0) {
    console[values.help ? 'log' : 'error'](HELP)
    return values.help ? 0 : 2
  }
  const {
    'images-collection': imagesCollection,
    'accept-shared-collection': acceptSharedCollection,
    'dry-run': dryRun,
    ...options
  } = values
  await runInit(
    process.cwd(),
    { ...options, imagesCollection, acceptSharedCollection, dryRun },
    { ask: terminal(), print: (line) => console.log(line) },
  )
  return 0
}

/** Questions on the terminal. */
function terminal(): Ask | undefined {
  if (!process.stdin.isTTY) return undefined
  const ask = async (question: string) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout })
    try {
      return await new Promise<string>((resolve, reject) => {
        // Ctrl-C and the end of the input close it without an answer.
        lines.once('close', () => reject(new InitRefused(['Cancelled. No file was changed.'])))
        lines.question(question).then((answer) => resolve(answer.trim()), reject)
      })
    } finally {
      lines.close()
    }
  }
  return {
    input: async (question, suggestion) =>
      (await ask(`${question}${suggestion ? ` [${suggestion}]` : ''}: `)) || (suggestion ?? ''),
    confirm: async (question) => /^y(?:es)?$/i.test(await ask(`${question} [y/N] `)),
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  const isUsage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  if (!isUsage && !(error instanceof InitRefused)) throw error
  console.error(error.message)
  process.exitCode = isUsage ? 2 : 1
}
