import sharp from 'sharp'
import type { PhotoSize } from '../plan.ts'

/** Increase this when the generated data changes. */
export const DATA_VERSION = 1

export const MANIFEST = 'manifest.json'

/** The files of a data folder, with the SHA-256 of their bytes. */
export type Manifest = { version: number; madeWith: string; files: Record<string, string> }

/** `exif-6`: rotated by its EXIF orientation. `display-p3`: wide-gamut colours with a colour profile. */
export const VARIANTS = ['plain', 'exif-6', 'display-p3'] as const
export type Variant = (typeof VARIANTS)[number]

export function photoFile({ width, height }: PhotoSize, variant: Variant): string {
  return `photo-${width}x${height}-${variant}.jpg`
}

export function answerFile(count: number): string {
  return `answer-${count}.txt`
}

/** The encoder version: another version may write other bytes. */
export function madeWith(): string {
  return `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`
}
