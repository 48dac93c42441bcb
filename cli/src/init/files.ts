import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file before and after. `before`: undefined if the file does not exist. */
export type Change = { path: string; before: string | undefined; after: string }

/** The files of a project with changes that are not written yet. Paths are relative to the project. */
export class ProjectFiles {
  readonly folder: string
  readonly #original = new Map<string, string | undefined>()
  readonly #changed = new Map<string, string>()

  constructor(folder: string) {
    this.folder = folder
  }

  /** @returns undefined if the file does not exist */
  read(path: string): string | undefined {
    return this.#changed.get(path) ?? this.#readOriginal(path)
  }

  write(path: string, text: string): void {
    this.#readOriginal(path)
    this.#changed.set(path, text)
  }

  exists(path: string): boolean {
    return this.#changed.has(path) || existsSync(join(this.folder, path))
  }

  /** The files whose text differs, in the order in which they were first written. */
  changes(): Change[] {
    return Array.from(this.#changed, ([path, after]) => ({
      path,
      before: this.#original.get(path),
      after,
    })).filter(({ before, after }) => before !== after)
  }

  #readOriginal(path: string): string | undefined {
    if (!this.#original.has(path)) {
      const file = join(this.folder, path)
      this.#original.set(path, existsSync(file) ? readFileSync(file, 'utf8') : undefined)
    }
    return this.#original.get(path)
  }
}
