import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../../../tools/paths.ts'

const folder = mkdtempSync(join(tmpdir(), 'firesight-import-rules-'))
const source = join(folder, 'src')

/** Each breaks one rule: the file, what it imports, and the message of the check. */
const broken: [file: string, specifier: string, message: string][] = [
  ['answers/bad.ts', '../document/box.ts', 'answers/ may import: errors.ts.'],
  ['api/bad.ts', '../config/config.ts', 'api/ may import: errors.ts, document.'],
  ['document/bad.ts', '../tasks/describe.ts', 'document/ may import:'],
  ['ports/bad.ts', '../quota/day.ts', 'ports/ may import:'],
  ['config/bad.ts', '../image/limits.ts', 'config/ may import:'],
  ['image/bad.ts', '../masks/draw.ts', 'image/ may import:'],
  ['masks/bad.ts', '../tasks/locate/read-box.ts', 'masks/ may import:'],
  ['masks/png/bad.ts', '../../pipeline/results.ts', 'masks/ may import:'],
  ['model/bad.ts', './gemini/genai-model.ts', 'model/ does not know its adapters.'],
  ['model/gemini/bad.ts', '../../quota/spend.ts', 'model/ may import:'],
  ['quota/bad.ts', '../stores/memory/memory-quota.ts', 'quota/ may import:'],
  ['tasks/bad.ts', '../pipeline/results.ts', 'tasks/ may import:'],
  ['tasks/bad-2.ts', '@google/genai', 'Only services.ts knows the Gemini adapter'],
  ['pipeline/bad.ts', '../maintenance/sweep.ts', 'pipeline/ may import:'],
  ['pipeline/bad-2.ts', '../services.ts', 'services.ts composes ports and adapters'],
  ['pipeline/bad-3.ts', 'firebase-admin/firestore', 'pipeline/ must not depend on Firebase'],
  ['maintenance/bad.ts', '@google-cloud/storage', 'maintenance/ must not depend on Firebase'],
  ['maintenance/bad-2.ts', '../config/params.ts', 'maintenance/ must not depend on Firebase'],
  ['stores/memory/bad.ts', '../../pipeline/results.ts', 'stores/ may import:'],
  ['stores/firestore/bad.ts', '../../model/gemini/genai-model.ts', 'Only services.ts knows'],
  ['callables/bad.ts', '../stores/memory/memory-quota.ts', 'callables/ may import:'],
  ['triggers/bad.ts', '../callables/operators.ts', 'triggers/ may import:'],
  ['triggers/bad-2.ts', '../index.ts', 'The entry points are not for other modules.'],
  ['errors.ts', './triggers/run-sweep.ts', 'Only index.ts imports callables/ and triggers/.'],
  ['image/cycle-a.ts', './cycle-b.ts', 'Dependency cycle detected'],
]

type Diagnostic = { filename: string; message: string; help: string }

let report: Diagnostic[]

beforeAll(() => {
  cpSync(join(root, 'functions/import-rules.mjs'), join(folder, 'import-rules.mjs'))
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(source, file)), { recursive: true })
    writeFileSync(join(source, file), text)
  }
  // Dynamic and type-only imports count too.
  const forms = [
    (specifier: string) => `import { bad } from '${specifier}'\nexport const used = bad\n`,
    (specifier: string) => `import type { Bad } from '${specifier}'\nexport type Used = Bad\n`,
    (specifier: string) => `export const used = async () => import('${specifier}')\n`,
  ]
  broken.forEach(([file, specifier], index) => {
    const form = specifier.startsWith('./cycle') ? forms[1]! : forms[index % forms.length]!
    write(file, form(specifier))
  })
  write('image/cycle-b.ts', "import type { Used } from './cycle-a.ts'\nexport type Bad = Used\n")
  write('pipeline/good.ts', "import { good } from '../tasks/describe.ts'\nexport const used = good\n")
  report = lint()
})

afterAll(() => rmSync(folder, { recursive: true }))

it.each(broken)('check:imports rejects %s importing %s', (file, _, message) => {
  const found = report.filter(({ filename }) => filename === `src/${file}`)
  const texts = found.map((diagnostic) => `${diagnostic.message} ${diagnostic.help}`)
  const matching = texts.filter((text) => text.includes(message))
  expect(matching).toHaveLength(1)
})

it('check:imports accepts a downward import', () => {
  expect(report.map(({ filename }) => filename)).not.toContain('src/pipeline/good.ts')
})

function lint(): Diagnostic[] {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/oxlint/bin/oxlint'), '-c', 'import-rules.mjs', '--format=json', 'src'],
    { cwd: folder, encoding: 'utf8' },
  )
  if (status !== 1) throw new Error(`oxlint ended with ${status}, expected 1: ${stderr}`)
  return (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics
}
