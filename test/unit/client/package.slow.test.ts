import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildClient, withAbsoluteLinks } from '../../../tools/client-package.ts'
import { bundleSizes, type Sizes } from '../../../tools/client-sizes.ts'

const root = join(import.meta.dirname, '../../..')
const modules = join(root, 'node_modules')

let scratch: string
let installed: string
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'firesight-client-'))
  await buildClient(join(scratch, 'built'))
  execFileSync('npm', ['pack', './built', '--silent'], { cwd: scratch })
  // Installs the package like npm, but with the Firebase of this repository instead of a registry request.
  installed = join(scratch, 'node_modules/@firesight/client')
  mkdirSync(installed, { recursive: true })
  const packed = readdirSync(scratch).find((file) => file.endsWith('.tgz'))!
  execFileSync('tar', ['-xzf', packed, '-C', installed, '--strip-components=1'], { cwd: scratch })
  for (const name of ['firebase', '@firebase'])
    symlinkSync(join(modules, name), join(scratch, 'node_modules', name))
  writeFileSync(join(scratch, 'package.json'), '{ "type": "module", "private": true }')
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** The compiler's output for a file of an app that has installed the package. */
function compile(code: string, options: object): string {
  writeFileSync(join(scratch, 'app.ts'), code)
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: 'es2022',
    lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'],
    types: [],
    noEmit: true,
    ...options,
  }
  writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
  try {
    execFileSync(process.execPath, [join(modules, 'typescript/bin/tsc'), '-p', '.'], { cwd: scratch })
    return ''
  } catch (error) {
    return String((error as { stdout: Buffer }).stdout)
  }
}

const EXAMPLE = `
import { createFiresight, FiresightError, type AnnotationDocument, type DetectObjectsResult } from '@firesight/client'
import { initializeApp } from 'firebase/app'
import { getAuth } from 'firebase/auth'

const app = initializeApp({})
const firesight = createFiresight({ app, auth: getAuth(app), region: 'europe-west1' })
export async function show(file: File, stop: AbortSignal): Promise<string> {
  const upload = await firesight.upload(file, { signal: stop, onProgress: ({ fraction }) => console.log(fraction) })
  const unwatch = firesight.watch(upload, (annotation: AnnotationDocument | null) => annotation?.completedAt?.getTime())
  const answer = firesight.answerQuestion({ images: [upload, file], question: 'What is it?' }, { signal: stop })
  for await (const text of answer) console.log(text.length)
  const found: DetectObjectsResult = await firesight.detectObjects({ image: upload, masks: true })
  unwatch()
  return (await answer).answer + found.objects.map(({ box }) => box.width).join()
}
export const isPaused = (error: unknown) => error instanceof FiresightError && error.code === 'service-paused'
`

describe('the published package', () => {
  it.each([
    ['nodenext', { module: 'nodenext' }],
    ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
  ])('has self-contained types with module resolution "%s"', (_, options) => {
    // Checks declarations too, except Firebase's (12.19), which need the Temporal library of TypeScript.
    const lines = compile(EXAMPLE, options).split('\n')
    expect(lines.filter((line) => line.includes('error') && !line.includes('/@firebase/'))).toEqual([])
    const readonlyLists = `${EXAMPLE}
const labelSet = ['cat', 'dog'] as const
const history = [{ role: 'user', text: 'What?' }] as const
void firesight.describeImage({ image: 'a', labelSet })
void firesight.detectObjects({ image: 'a', targets: labelSet })
void firesight.answerQuestion({ images: ['a'] as const, question: '?', history })`
    expect(compile(readonlyLists, { ...options, skipLibCheck: true })).toBe('')
    const wrong = `${EXAMPLE}\nconst wrong: number = (await firesight.describeImage({ image: 'a' })).caption`
    expect(compile(wrong, options)).toContain("Type 'string' is not assignable to type 'number'")
  })

  it('has the same types as the schemas of the functions', () => {
    const pairs = [
      'answer-question',
      'compare-images',
      'detect-objects',
      'describe-image',
      'annotate-image',
    ].flatMap((file) => {
      const name = file.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())
      return [`${name}Request`, `${name}Result`].map((type) => [file, type] as const)
    })
    pairs.push(['image-ref', 'ImageRef'], ['error-details', 'ErrorDetails'])
    const lines = pairs.map(
      ([file, type], index) => `
import type { ${type} as Shipped${index} } from './node_modules/@firesight/client/types/functions/src/api/${file}.d.ts'
import type { ${type} as Schema${index} } from '${root}/functions/src/api/${file}.ts'
export const same${index}: Same<Shipped${index}, Schema${index}> = true`,
    )
    const same = `
type Same<A, B> = (<T>() => T extends Flat<A> ? 1 : 2) extends (<T>() => T extends Flat<B> ? 1 : 2) ? true : false
type Flat<T> = T extends object ? { [K in keyof T]: Flat<T[K]> } : T`
    const options = { module: 'nodenext', allowImportingTsExtensions: true, skipLibCheck: true }
    expect(compile(lines.join('') + same, options)).toBe('')
  })

  it('imports nothing but Firebase, and runs in Node', () => {
    const code = `
import { createFiresight, imageIdOf } from '@firesight/client'
import { initializeApp } from 'firebase/app'
const app = initializeApp({ projectId: 'p', storageBucket: 'b' })
const firesight = createFiresight({ app, auth: { authStateReady: async () => {}, currentUser: null } })
const error = await firesight.upload(new Uint8Array([1])).catch((error) => error)
console.log(JSON.stringify([await imageIdOf('b', 'a'), error.name, error.code]))`
    writeFileSync(join(scratch, 'run.mjs'), code)
    const [id, name, reason] = JSON.parse(
      execFileSync(process.execPath, ['run.mjs'], { cwd: scratch, encoding: 'utf8' }),
    ) as string[]
    expect([id?.length, name, reason]).toEqual([43, 'FiresightError', 'unsupported-type'])
    for (const file of readdirSync(installed).filter((found) => found.endsWith('.js'))) {
      const imports = readFileSync(join(installed, file), 'utf8').matchAll(
        /(?:from|import\()\s*"([^."][^"]*)"/g,
      )
      for (const [, specifier] of imports)
        expect(specifier).toMatch(/^firebase\/(auth|functions|storage|firestore)$/)
    }
  })
})

describe('the README of the package', () => {
  const page =
    '[Docs](../docs/a%20b.md#c), [here](#there), [the web](https://example.com), ![shown](shown.png)'
  it('links to the repository if its address is known', () => {
    expect(withAbsoluteLinks(page, 'https://example.com/firesight')).toBe(
      '[Docs](https://example.com/firesight/blob/HEAD/docs/a%20b.md#c), [here](#there), [the web](https://example.com), ' +
        '![shown](https://example.com/firesight/blob/HEAD/client/shown.png)',
    )
  })
  it('has plain text instead of relative links otherwise', () => {
    expect(withAbsoluteLinks(page, undefined)).toBe(
      'Docs, [here](#there), [the web](https://example.com), shown',
    )
  })
  it('has no links to files outside the package', () => {
    const shipped = readFileSync(join(installed, 'README.md'), 'utf8')
    expect(shipped).toContain('Firesight')
    expect(shipped).not.toMatch(/\]\(\.\.?\//)
  })
})

it('only the built package can be published, not the workspace', () => {
  const manifest = (folder: string) =>
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { private?: boolean }
  expect([manifest(join(root, 'client')).private, manifest(installed).private]).toEqual([true, undefined])
})

describe('the size of the client', () => {
  let sizes: Sizes
  beforeAll(async () => {
    sizes = await bundleSizes(join(installed, 'index.js'))
  })
  it('is at most 9 kB, minified and compressed, without Firebase', () => {
    expect(sizes.own).toBeLessThan(9_000)
  })
  it('does not include Firestore in apps that only ask questions', () => {
    // Firestore alone is larger than 100 kB.
    expect(sizes.parts.start + sizes.parts.calls).toBeLessThan(25_000)
    expect(sizes.parts.documents).toBeGreaterThan(100_000)
  })
})
