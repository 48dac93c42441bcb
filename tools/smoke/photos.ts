import sharp from 'sharp'

export type SmokePhoto = {
  name: string
  contentType: 'image/jpeg' | 'image/png' | 'image/webp'
  bytes: Uint8Array
}

/** Plain shapes in basic colours, which the local Gemini API recognizes too. */
const SCENE = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="800">
  <rect width="1200" height="800" fill="#ffffff"/>
  <rect x="150" y="370" width="380" height="270" fill="#1f5ac8"/>
  <polygon points="120,350 560,350 340,140" fill="#d62728"/>
  <circle cx="930" cy="190" r="110" fill="#f5d728"/>
</svg>`

/**
 * Three photos, one of each format: as a camera held sideways stores it (EXIF orientation 6), small, and without
 * the yellow circle.
 */
export async function drawPhotos(): Promise<SmokePhoto[]> {
  const scene = () => sharp(Buffer.from(SCENE))
  const other = () => sharp(Buffer.from(SCENE.replace(/<circle.*\/>/, '')))
  // The stored pixels are turned left; the orientation turns them right again.
  const turned = await scene().rotate(270).withMetadata({ orientation: 6 }).jpeg().toBuffer()
  return [
    { name: 'JPEG, turned by EXIF', contentType: 'image/jpeg', bytes: new Uint8Array(turned) },
    {
      name: 'PNG, small',
      contentType: 'image/png',
      bytes: new Uint8Array(await scene().resize(300).png().toBuffer()),
    },
    {
      name: 'WebP, other scene',
      contentType: 'image/webp',
      bytes: new Uint8Array(await other().webp().toBuffer()),
    },
  ]
}
