import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'

/** Bytes after minification and gzip. */
export type Sizes = {
  /** All code of the client, without Firebase. */
  own: number
  /** The bytes that a browser loads on first use of each part of the client, including Firebase. */
  parts: { start: number; calls: number; files: number; documents: number }
}

/** Bundles an app that uses the client, and measures its size. */
export async function bundleSizes(entry: string): Promise<Sizes> {
  const options = {
    stdin: {
      contents: `import { initializeApp } from 'firebase/app'
import { createFiresight } from ${JSON.stringify(entry)}
globalThis.firesight = createFiresight({ app: initializeApp({}), auth: {} })`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    outdir: 'unused',
    write: false,
    metafile: true,
    logLevel: 'error',
  } as const
  const [own, whole] = await Promise.all([
    build({ ...options, external: ['firebase'], packages: 'bundle' }),
    build(options),
  ])
  const compressed = new Map(
    whole.outputFiles.map(({ path, contents }) => [
      path.slice(path.indexOf('unused/')),
      gzipSync(contents).length,
    ]),
  )
  const weigh = (start: string[], without: ReadonlySet<string> = new Set()) => {
    const files = [...loadedWith(whole.metafile, start)].filter((file) => !without.has(file))
    return { files, bytes: files.reduce((sum, file) => sum + compressed.get(file)!, 0) }
  }
  const start = weigh(['unused/stdin.js'])
  const part = (name: string) => {
    const file = Object.keys(whole.metafile.outputs).find((path) => path.startsWith(`unused/${name}-`))
    if (!file) throw new Error(`The bundle has no separate file for ${name}`)
    return weigh([file], new Set(start.files)).bytes
  }
  return {
    own: own.outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0),
    parts: { start: start.bytes, calls: part('calls'), files: part('files'), documents: part('documents') },
  }
}

/** The files and their static imports. */
function loadedWith({ outputs }: Metafile, start: string[]): Set<string> {
  const loaded = new Set(start)
  for (const file of loaded) {
    for (const { path, kind } of outputs[file]!.imports) if (kind === 'import-statement') loaded.add(path)
  }
  return loaded
}
