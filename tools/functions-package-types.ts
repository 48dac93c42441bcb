import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, posix } from 'node:path'
import { answerChunk } from '../functions/src/api/answer-question.ts'
import { questions } from '../functions/src/config/questions.ts'
import type { Setting } from '../functions/src/config/setting.ts'
import { settings } from '../functions/src/config/settings.ts'
import { cache, root } from './paths.ts'
import { shapeOf, typeOf } from './schema-types.ts'

const source = join(root, 'functions/src')

const described: Record<string, Setting> = { ...questions, ...settings }

/** The packages whose types an app has: the peer dependencies. */
const AVAILABLE = /^(node:|firebase-(admin|functions)\/)/

/**
 * Writes the declarations of both entries and of the files that they import. Other files and the types of
 * bundled packages are left out.
 * @throws Error if a declaration needs a package that apps do not have
 */
export async function writePackageTypes(folder: string): Promise<void> {
  mkdirSync(cache, { recursive: true })
  const emitted = mkdtempSync(join(cache, 'types-'))
  try {
    const config = emit(emitted)
    const replaced = new Map([
      ['config/config.d.ts', config],
      ['api/answer-question.d.ts', `export type AnswerChunk = ${typeOf(shapeOf(answerChunk, 'output'))}\n`],
    ])
    copyReachable(['index.d.ts', 'lib.d.ts'], (file) => replaced.get(file) ?? readFile(emitted, file), folder)
  } finally {
    rmSync(emitted, { recursive: true, force: true })
  }
}

/**
 * Compiles the declarations. Declaration bundlers are not an option: they need the JavaScript API of
 * TypeScript, which TypeScript 7 does not have (2026-11).
 * @returns the declaration of `Config` without the types of its schema
 */
function emit(folder: string): string {
  const probe = join(folder, 'config-type.ts')
  // The compiler writes out the type of a copy.
  writeFileSync(
    probe,
    `import { parseConfig } from '${join(source, 'config/config.ts')}'\nexport const config = { ...parseConfig({}) }\n`,
  )
  const project = {
    extends: join(root, 'functions/tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      typeRoots: [join(root, 'node_modules/@types')],
      rootDir: root,
      outDir: join(folder, 'out'),
    },
    include: [],
    files: [join(source, 'index.ts'), join(source, 'lib.ts'), probe],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project))
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  const { status, stdout, error } = spawnSync(process.execPath, [compiler, '-p', folder], {
    encoding: 'utf8',
  })
  if (error) throw error
  if (status !== 0) throw new Error(`Cannot generate the types of the package:\n${stdout}`)
  const written = readFileSync(join(folder, 'out', folder.slice(root.length), 'config-type.d.ts'), 'utf8')
  const type = /^export declare const config: (\{.*\});/ms.exec(written)?.[1]
  if (!type) throw new Error(`Cannot read the type of the configuration:\n${written}`)
  return `/** The settings of Firesight. */\nexport type Config = ${withDescriptions(type)}\n`
}

/** Adds the description, variable and default of each setting. */
function withDescriptions(type: string): string {
  return type.replaceAll(/^ {4}(\w+): .*$/gm, (line: string, key: string) => {
    const setting = described[key]
    if (!setting) throw new Error(`Cannot describe the setting ${key}: it has no entry in config/`)
    const value = setting.default === '' ? 'empty' : setting.default
    return `    /** ${setting.description} Variable: ${setting.name}. Default: ${value}. */\n${line}`
  })
}

function readFile(folder: string, file: string): string {
  return readFileSync(join(folder, 'out/functions/src', file), 'utf8')
}

function copyReachable(entries: string[], read: (file: string) => string, folder: string): void {
  const files = new Set(entries)
  // Files that are added while the loop runs are visited too.
  for (const file of files) {
    const text = read(file).replaceAll(
      /(from |import\()(['"])([^'"]+)\.ts\2/g,
      (_, before: string, quote: string, path: string) => `${before}${quote}${path}.js${quote}`,
    )
    for (const [, specifier = ''] of text.matchAll(/(?:from |import\()['"]([^'"]+)['"]/g)) {
      if (specifier.startsWith('.'))
        files.add(posix.join(posix.dirname(file), specifier.replace(/\.js$/, '.d.ts')))
      else if (!AVAILABLE.test(specifier))
        throw new Error(`Cannot publish the types of ${file}: apps do not have the package ${specifier}`)
    }
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
}
