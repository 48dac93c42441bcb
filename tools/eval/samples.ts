import { readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { drawScene, type Truth } from '../../test/support/scene.ts'
import { plural } from './format.ts'
import { WrongUsage } from './options.ts'
import { drawnScenes } from './scenes.ts'

/** A picture to evaluate. Its bytes are read when its turn comes. */
export type Sample = { name: string; read: () => Promise<{ bytes: Buffer; truths?: Truth[] }> }

export type Samples = { source: string; samples: Sample[]; note?: string }

const EXTENSIONS = new Set(['.png', '.jpg', '.jpeg', '.webp', '.heic', '.heif'])

/** The photos of a folder, sorted by name. @throws WrongUsage */
export function samplesOfFolder(folder: string, limit?: number): Samples {
  let entries: string[]
  try {
    entries = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const reason = { ENOENT: 'it does not exist', ENOTDIR: 'it is no folder' }[code ?? ''] ?? code
    throw new WrongUsage(`Cannot read the folder ${folder}: ${reason}`)
  }
  const names = entries
    .filter((name) => EXTENSIONS.has(extname(name).toLowerCase()) && isRegularFile(join(folder, name)))
    .toSorted(byName)
  if (names.length === 0) {
    const list = [...EXTENSIONS].join(', ')
    throw new WrongUsage(`The folder ${folder} has no photos: ${entries.length} files, none of them ${list}`)
  }
  const others = entries.length - names.length
  const samples = names.slice(0, limit).map((name) => ({
    name,
    read: async () => ({ bytes: await readFile(join(folder, name)) }),
  }))
  const note = [
    samples.length < names.length &&
      `${plural(names.length - samples.length, 'photo')} beyond --limit left out`,
    others > 0 && `${plural(others, 'file')} of other types left out`,
  ].filter((text) => text !== false)
  return { source: folder, samples, ...(note.length > 0 && { note: note.join(', ') }) }
}

/** Follows links. A pipe would never end, and a folder cannot be read. */
function isRegularFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false // A link that leads nowhere.
  }
}

/** The same order on every machine. */
function byName(a: string, b: string): number {
  return a < b ? -1 : 1
}

export function samplesOfScenes(scenes: number, seed: number, limit?: number): Samples {
  const samples = drawnScenes(scenes, seed)
    .slice(0, limit)
    .map((scene, index) => ({
      name: `scene-${String(index + 1).padStart(String(scenes).length, '0')}.png`,
      read: async () => {
        const { png, truths } = await drawScene(scene)
        return { bytes: png, truths }
      },
    }))
  return { source: `${samples.length} drawn scenes, seed ${seed}`, samples }
}
