import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache } from '../../tools/paths.ts'
import type { PhotoSize, Plan } from '../plan.ts'
import {
  answerFile,
  DATA_VERSION,
  MANIFEST,
  type Manifest,
  madeWith,
  photoFile,
  type Variant,
} from './files.ts'

/** A generated photo or answer in memory, with its path for peers in other processes. */
export type Photo = { size: PhotoSize; path: string; jpeg: Buffer }
export type Answer = { count: number; path: string; text: string }

export class Data {
  private readonly folder: string
  private readonly files = new Map<string, Buffer>()

  constructor(folder: string) {
    this.folder = folder
  }

  photo(size: PhotoSize, variant: Variant = 'plain'): Photo {
    const { path, bytes } = this.load(photoFile(size, variant))
    return { size, path, jpeg: bytes }
  }

  answer(count: number): Answer {
    const { path, bytes } = this.load(answerFile(count))
    return { count, path, text: bytes.toString('utf8') }
  }

  private load(name: string): { path: string; bytes: Buffer } {
    const path = join(this.folder, name)
    const bytes = this.files.get(name) ?? readFileSync(path)
    this.files.set(name, bytes)
    return { path, bytes }
  }
}

/** The data of a plan. Generates it unless an earlier run did. */
export function loadData(plan: Plan): Data {
  const folder = join(cache, 'bench', plan.name)
  if (!isComplete(folder)) {
    const generate = join(import.meta.dirname, 'generate.ts')
    const { status } = spawnSync(process.execPath, [generate, folder, plan.name], { stdio: ['ignore', 2, 2] })
    if (status !== 0) throw new Error('Cannot generate the data (see above)')
  }
  return new Data(folder)
}

function isComplete(folder: string): boolean {
  const path = join(folder, MANIFEST)
  if (!existsSync(path)) return false
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
  if (manifest.version !== DATA_VERSION || manifest.madeWith !== madeWith()) return false
  return Object.entries(manifest.files).every(([name, sha256]) => {
    const file = join(folder, name)
    return existsSync(file) && createHash('sha256').update(readFileSync(file)).digest('hex') === sha256
  })
}
