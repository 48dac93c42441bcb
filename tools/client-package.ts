import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, posix } from 'node:path'
import { build, type Metafile } from 'esbuild'
import type { z } from 'zod'
import { root } from './paths.ts'
import { shapeOf, typeOf } from './schema-types.ts'

const source = join(root, 'client')

/** The exported types of functions/src/api by file, and whether they are inputs or outputs of a call. */
const API: Record<string, Record<string, [schema: string, io: 'input' | 'output']>> = {
  'annotate-image': {
    AnnotateImageRequest: ['annotateImageRequest', 'input'],
    AnnotateImageResult: ['annotateImageResult', 'output'],
  },
  'answer-question': {
    AnswerQuestionRequest: ['answerQuestionRequest', 'input'],
    AnswerQuestionResult: ['answerQuestionResult', 'output'],
    AnswerChunk: ['answerChunk', 'output'],
  },
  'compare-images': {
    CompareImagesRequest: ['compareImagesRequest', 'input'],
    CompareImagesResult: ['compareImagesResult', 'output'],
  },
  'describe-image': {
    DescribeImageRequest: ['describeImageRequest', 'input'],
    DescribeImageResult: ['describeImageResult', 'output'],
  },
  'detect-objects': {
    DetectObjectsRequest: ['detectObjectsRequest', 'input'],
    DetectObjectsResult: ['detectObjectsResult', 'output'],
  },
  erasure: {
    DeleteMyDataRequest: ['deleteMyDataRequest', 'input'],
    ErasureResult: ['erasureResult', 'output'],
  },
  'error-details': { ErrorDetails: ['errorDetails', 'output'] },
  'image-ref': { ImageRef: ['imageRef', 'input'] },
}

/**
 * Builds the folder to publish: the client in one file per Firebase service, and self-contained types.
 * Deletes the previous content of the folder.
 * @returns the imports and sizes of the files: https://esbuild.github.io/api/#metafile
 */
export async function buildClient(folder: string): Promise<Metafile> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(source, 'src/index.ts')],
    outdir: folder,
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    external: ['firebase'],
    sourcemap: 'linked',
    metafile: true,
    logLevel: 'warning',
  })
  emitTypes(join(source, 'tsconfig.build.json'), join(folder, 'types'))
  await writeApiTypes(join(folder, 'types/functions/src/api'))
  const manifest = publishedManifest()
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  const page = readFileSync(join(source, 'README.md'), 'utf8')
  writeFileSync(join(folder, 'README.md'), withAbsoluteLinks(page, manifest.repository.url, 'client'))
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  return metafile
}

/** Writes the declarations of a project. @throws Error with the compiler's messages */
export function emitTypes(project: string, folder: string): void {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  const args = [compiler, '-p', project, '--outDir', folder]
  const { status, stdout, error } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`Cannot generate the types of ${project}:\n${stdout}`)
}

/**
 * Replaces the declarations of schemas by plain types with descriptions, because the declarations would
 * require zod in every app. A test compares both. Declaration bundlers are not an option: they need the
 * JavaScript API of TypeScript, which TypeScript 7 does not have (2026-11).
 */
async function writeApiTypes(folder: string): Promise<void> {
  rmSync(join(folder, 'results.d.ts'))
  for (const [file, types] of Object.entries(API)) {
    const schemas: Record<string, z.ZodType> = await import(`../functions/src/api/${file}.ts`)
    const text = Object.entries(types).map(
      ([name, [schema, io]]) => `export type ${name} = ${typeOf(shapeOf(schemas[schema]!, io))}\n`,
    )
    writeFileSync(join(folder, `${file}.d.ts`), text.join('\n'))
  }
}

/**
 * Converts relative links to absolute links, for readers outside the repository.
 * @param folder the folder of the page, relative to the root
 */
export function withAbsoluteLinks(markdown: string, repository: string, folder: string): string {
  const address = repository.replace(/^git\+/, '').replace(/\.git$/, '')
  return markdown.replaceAll(
    /\]\((?![a-z]+:|#)([^)]+)\)/g,
    (_, path: string) => `](${address}/blob/HEAD/${posix.join(folder, path)})`,
  )
}

type Manifest = Record<string, unknown> & { repository: { url: string } }

/** The package.json to publish: the workspace's, with the built files as exports and nothing for development. */
function publishedManifest(): Manifest {
  const {
    scripts: _scripts,
    devDependencies: _devDependencies,
    publishConfig: _directory,
    ...manifest
  } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Manifest
  const types = './types/client/src/index.d.ts'
  const exports = { '.': { types, default: './index.js' }, './package.json': './package.json' }
  return { ...manifest, exports, publishConfig: { access: 'public' } }
}
