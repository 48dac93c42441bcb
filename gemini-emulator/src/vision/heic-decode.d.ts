declare module 'heic-decode' {
  /** Decodes the first image of a HEIC file, turned as its `irot` and `imir` boxes say. */
  export default function decodeHeic(options: {
    buffer: Uint8Array
  }): Promise<{ width: number; height: number; data: Uint8ClampedArray }>
}
