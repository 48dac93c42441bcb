declare module 'libheif-js/wasm-bundle.js' {
  type Handle = { readonly isHandle: unique symbol }
  type HeifError = { code: object; message: string }
  type Pixels = { data: Uint8ClampedArray; width: number; height: number }

  class HeifImage {
    constructor(handle: Handle)
    /** Pixels of the upright image. */
    get_width(): number
    get_height(): number
    /** Fills `pixels.data` with RGBA, and calls back with null on a failure. */
    display(pixels: Pixels, callback: (pixels: Pixels | null) => void): void
    free(): void
  }

  class HeifDecoder {
    /** The file that `decode` has read. */
    decoder: { delete(): void }
    /** Reads a file. Complaints are printed, and the images that can be decoded are returned. */
    decode(bytes: Uint8Array): HeifImage[]
  }

  const libheif: {
    HeifImage: typeof HeifImage
    HeifDecoder: typeof HeifDecoder
    heif_js_context_get_primary_image_handle(decoder: unknown): Handle | HeifError
  }
  export default libheif
}
