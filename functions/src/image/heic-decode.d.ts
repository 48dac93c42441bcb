declare module 'heic-decode' {
  type Pixels = { width: number; height: number; data: Uint8ClampedArray }
  type Image = { width: number; height: number; decode(): Promise<Pixels> }
  function decode(input: { buffer: Uint8Array }): Promise<Pixels>
  namespace decode {
    function all(input: { buffer: Uint8Array }): Promise<Image[] & { dispose(): void }>
  }
  export default decode
}
