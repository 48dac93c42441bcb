/** Images by URL. Adapter: `https-images.ts`. */
export interface UrlImages {
  /**
   * The bytes behind an https URL, as they came: nothing is decompressed, and nothing has looked at them.
   * @param hosts those it may come from, as in URL_IMAGE_HOSTS
   * @throws VisionError `url-not-allowed`, `url-unreadable`, `file-too-large`, `cancelled`; messages hold neither the URL nor its host
   */
  fetch(
    url: string,
    options: { hosts: readonly string[]; maxBytes: number; signal?: AbortSignal },
  ): Promise<Buffer>
}
