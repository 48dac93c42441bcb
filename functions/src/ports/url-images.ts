/** Images by URL. Adapter: `https-images.ts`. */
export interface UrlImages {
  /**
   * Fetches the bytes of an https URL, without decompressing or checking them.
   * @param hosts the allowed hosts, as in URL_IMAGE_HOSTS
   * @throws VisionError `url-not-allowed`, `url-unreadable`, `file-too-large`, `cancelled`; messages contain
   * neither URL nor host
   */
  fetch(
    url: string,
    options: { hosts: readonly string[]; maxBytes: number; signal?: AbortSignal },
  ): Promise<Buffer>
}
