import type { ModelFile, ModelFileStore } from '../../ports/model-files.ts'

/** Records of model files in memory, for tests and local trials. */
export function memoryModelFiles(): ModelFileStore & { files: Map<string, ModelFile> } {
  const files = new Map<string, ModelFile>()
  return {
    files,
    async get(key) {
      return files.get(key)
    },
    async put(key, file) {
      files.set(key, file)
    },
    async remove(key) {
      files.delete(key)
    },
  }
}
