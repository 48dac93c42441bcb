/** How far long work has got. Values are what their readers' schemas say. */
export interface ProgressStore {
  read(path: string): Promise<unknown>
  /**
   * Writes what `change` makes of the value that is there (undefined if there is none). Atomic: of two at once, one sees what the other wrote.
   * @returns what was written; undefined if `change` gave nothing, and then nothing was
   */
  change<T extends object>(path: string, change: (found: unknown) => T | undefined): Promise<T | undefined>
  /** The ids of the documents of a collection whose `state` is this one. */
  withState(collection: string, state: string, limit: number): Promise<string[]>
}
