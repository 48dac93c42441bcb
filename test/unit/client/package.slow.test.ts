import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withAbsoluteLinks } from '../../../tools/client-package.ts'
import { bundleSizes, type Sizes } from '../../../tools/client-sizes.ts'
import { PackedClient } from '../../support/packed-client.ts'

const root = join(import.meta.dirname, '../../..')

let packed: PackedClient
let installed: string
beforeAll(async () => {
  packed = await PackedClient.install()
  installed = packed.installedIn(12)
})
afterAll(() => packed?.remove())

const EXAMPLE = `
import { createFiresight, FiresightError, type AnnotationDocument, type DetectObjectsResult } from '@firesight/client'
import { initializeApp } from 'firebase/app'
import { getAuth } from 'firebase/auth'

const app = initializeApp({})
const firesight = createFiresight({ app, auth: getAuth(app), region: 'europe-west1', uploadPath: '{uid}/{album}/{name}' })
export async function show(file: File, stop: AbortSignal): Promise<string> {
  const upload = await firesight.upload(file, { segments: { album: 'a' }, signal: stop, onProgress: ({ fraction }) => console.log(fraction) })
  const unwatch = firesight.watch(upload, (annotation: AnnotationDocument | null) => annotation?.completedAt?.getTime())
  const answer = firesight.answerQuestion({ images: [upload, file], question: 'What is it?' }, { signal: stop })
  for await (const text of answer) console.log(text.length)
  const found: DetectObjectsResult = await firesight.detectObjects({ image: upload, masks: true })
  unwatch()
  return (await answer).answer + found.objects.map(({ box }) => box.width).join()
}
export const isPaused = (error: unknown) => error instanceof FiresightError && error.code === 'service-paused'
`

describe.each([12, 13] as const)('the published package with Firebase %i', (major) => {
  const compile = (code: string, options: object) => packed.compile(major, code, options)
  it.each([
    ['nodenext', { module: 'nodenext' }],
    ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
  ])('has self-contained types with module resolution "%s"', (_, options) => {
    // Checks declarations too, except Firebase's, which need the Temporal library of TypeScript.
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

  it('runs in Node', async () => {
    const code = `
import { createFiresight, imageIdOf } from '@firesight/client'
import { initializeApp, SDK_VERSION } from 'firebase/app'
const app = initializeApp({ projectId: 'p', storageBucket: 'b' })
const firesight = createFiresight({ app, auth: { authStateReady: async () => {}, currentUser: null } })
const error = await firesight.upload(new Uint8Array([1])).catch((error) => error)
console.log(JSON.stringify([SDK_VERSION, await imageIdOf('b', 'a'), error.name, error.code]))`
    const [version, id, name, reason] = JSON.parse(await packed.run(major, code)) as string[]
    expect([Number.parseInt(version!), id?.length, name, reason]).toEqual([
      major,
      43,
      'FiresightError',
      'unsupported-type',
    ])
  })
})

describe('the published package', () => {
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
    expect(packed.compile(12, lines.join('') + same, options)).toBe('')
  })

  it('imports nothing but Firebase', () => {
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
  it('links to the repository', () => {
    expect(withAbsoluteLinks(page, 'git+https://example.com/firesight.git', 'client')).toBe(
      '[Docs](https://example.com/firesight/blob/HEAD/docs/a%20b.md#c), [here](#there), [the web](https://example.com), ' +
        '![shown](https://example.com/firesight/blob/HEAD/client/shown.png)',
    )
  })
  it('has no links to files outside the package', () => {
    const shipped = readFileSync(join(installed, 'README.md'), 'utf8')
    expect(shipped).toContain('Firesight')
    expect(shipped).not.toMatch(/\]\(\.\.?\//)
  })
})

it('only the built package can be published, not the workspace', () => {
  const manifest: Record<string, object> = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  expect(manifest).toMatchObject({
    peerDependencies: { firebase: '^12 || ^13' },
    publishConfig: { access: 'public' },
    repository: { directory: 'client' },
  })
  for (const name of ['private', 'scripts', 'devDependencies']) expect(manifest).not.toHaveProperty(name)
  const publish = () =>
    execFileSync('npm', ['run', 'prepublishOnly'], { cwd: join(root, 'client'), stdio: 'pipe' })
  expect(publish).toThrow('Publish the folder client/dist')
})

describe('the size of the client', () => {
  let sizes: Sizes
  beforeAll(async () => {
    sizes = await bundleSizes(join(installed, 'index.js'))
  })
  it('is at most 11 kB, minified and compressed, without Firebase', () => {
    expect(sizes.own).toBeLessThan(11_000)
  })
  it('is as in the README', () => {
    const readme = readFileSync(join(installed, 'README.md'), 'utf8')
    const stated = [...readme.matchAll(/^\| .* \| (\d+) kB \|$/gm)].map(([, kilobytes]) => Number(kilobytes))
    const { start, calls, files, documents } = sizes.parts
    const measured = [sizes.own, start + calls, files, documents]
    expect(stated).toEqual(measured.map((bytes) => Math.ceil(bytes / 1000)))
  })
  it('does not include Firestore in apps that only ask questions', () => {
    // Firestore alone is larger than 100 kB.
    expect(sizes.parts.start + sizes.parts.calls).toBeLessThan(25_000)
    expect(sizes.parts.documents).toBeGreaterThan(100_000)
  })
})
