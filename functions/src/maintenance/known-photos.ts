/** Photos that a scan remembers: about 26 MB (calculated, 130 bytes each) of the 512 MiB of its function. */
const MAX_KNOWN = 200_000

/**
 * The generations of documents that a scan has read, by image id. A photo's results and its upload are listed
 * apart from each other, and then need one read. A remembered generation can only be too old.
 */
export class KnownPhotos {
  private readonly generations = new Map<string, string>()
  private readonly limit: number

  constructor(limit: number = MAX_KNOWN) {
    this.limit = limit
  }

  get(imageId: string): string | undefined {
    return this.generations.get(imageId)
  }

  /** Forgets the photo that was read first when there are too many. */
  set(imageId: string, generation: string): void {
    this.generations.set(imageId, generation)
    if (this.generations.size <= this.limit) return
    const [oldest = ''] = this.generations.keys()
    this.generations.delete(oldest)
  }
}
