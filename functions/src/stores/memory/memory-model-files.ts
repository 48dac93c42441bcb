import type { ModelFileRecord, ModelFileStore, ModelFiles } from '../../ports/model-files.ts'

/** Records of model files in memory, for tests and local trials. */
export function memoryModelFiles(): ModelFileStore & { files: Map<string, ModelFileRecord> } {
  const files = new Map<string, ModelFileRecord>()
  const list = (wanted: (file: ModelFileRecord) => boolean, limit: number) =>
    [...files.values()].filter(wanted).slice(0, limit)
  return {
    files,
    async get(key) {
      const found = files.get(key)
      return found && !found.toDelete ? { uri: found.uri, expiresAt: found.expiresAt } : undefined
    },
    async put(key, file) {
      const replaced = files.get(key)
      if (replaced && replaced.uri !== file.uri) {
        const moved = `${key}-${replaced.uri}`
        files.set(moved, { ...replaced, key: moved, toDelete: true })
      }
      files.set(key, { ...file, key, toDelete: false })
    },
    async markToDelete({ key, uri }) {
      const found = files.get(key)
      if (found?.uri === uri) files.set(key, { ...found, toDelete: true })
    },
    async remove({ key, uri }) {
      if (files.get(key)?.uri === uri) files.delete(key)
    },
    ofOwner: async (owner, limit) => list((file) => file.owner === owner, limit),
    ofPhoto: async (imageId, limit) => list(({ photo }) => photo?.imageId === imageId, limit),
    marked: async (limit) => list(({ toDelete }) => toDelete, limit),
    async after(key, limit) {
      const sorted = [...files.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
      return sorted.filter((file) => key === undefined || file.key > key).slice(0, limit)
    },
  }
}

/** Records in memory with a model service that deletes every file. `removed` are the URIs of these files. */
export function memoryModelCopies(): ModelFiles & {
  records: ReturnType<typeof memoryModelFiles>
  removed: string[]
} {
  const removed: string[] = []
  return {
    records: memoryModelFiles(),
    removed,
    uploads: {
      async remove(uri) {
        removed.push(uri)
      },
    },
  }
}
