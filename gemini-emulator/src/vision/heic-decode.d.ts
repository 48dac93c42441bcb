declare module 'heic-decode' {
  /** Decodes the first image of a HEIC file, and applies its `irot` and `imir` boxes. */
  export default function decodeHeic(options: {
    buffer: Uint8Array
  }): Promise<{ width: number; height: number; data: Uint8ClampedArray }>
}
