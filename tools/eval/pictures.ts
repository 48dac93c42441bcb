import { copyFileSync, lstatSync, mkdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { PhotoResult, StoredRun } from './run-file.ts'

/** Pixels of the long side in a report. */
const LONG_SIDE = 720
const FIT = { width: LONG_SIDE, height: LONG_SIDE, fit: 'inside', withoutEnlargement: true } as const

/**
 * Writes the small pictures of a report.
 * @param photo undefined if it cannot be shown
 * @param name of the files, without extension
 */
export async function storePictures(
  folder: string,
  name: string,
  { photo, overlay }: { photo: Buffer | undefined; overlay: Buffer | undefined },
): Promise<Pick<PhotoResult, 'picture' | 'overlay'>> {
  await mkdir(folder, { recursive: true })
  const stored: Pick<PhotoResult, 'picture' | 'overlay'> = {}
  if (photo) {
    const jpeg = sharp(photo).autoOrient().flatten({ background: 'white' }).resize(FIT).jpeg({ quality: 80 })
    await writeFile(join(folder, `${name}.jpg`), await jpeg.toBuffer())
    stored.picture = `pictures/${name}.jpg`
  }
  if (overlay) {
    // Colours must not mix: each stands for an object.
    const png = sharp(overlay)
      .resize({ ...FIT, kernel: 'nearest' })
      .png({ palette: true })
    await writeFile(join(folder, `${name}-overlay.png`), await png.toBuffer())
    stored.overlay = `pictures/${name}-overlay.png`
  }
  return stored
}

/**
 * Copies the pictures that run.json names. The run may come from elsewhere: other files of its folder, and
 * targets of links, must not get into a report.
 */
export function copyPictures({ run, folder }: StoredRun, target: string): void {
  if (!lstatSync(join(folder, 'pictures'), { throwIfNoEntry: false })?.isDirectory()) return
  mkdirSync(join(target, 'pictures'), { recursive: true })
  for (const name of run.photos.flatMap(({ picture, overlay }) => [picture ?? [], overlay ?? []].flat())) {
    const isFile = lstatSync(join(folder, name), { throwIfNoEntry: false })?.isFile()
    if (isFile) copyFileSync(join(folder, name), join(target, name))
  }
}
