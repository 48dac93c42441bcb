import sharp from 'sharp'
import type { PhotoSize } from '../plan.ts'

/** Raised when what is generated changes. */
export const DATA_VERSION = 1

export const MANIFEST = 'manifest.json'

/** What a folder of generated data holds: names with the SHA-256 of their bytes. */
export type Manifest = { version: number; madeWith: string; files: Record<string, string> }

/** `exif-6`: turned by its EXIF orientation. `display-p3`: in wide-gamut colours with their profile. */
export const VARIANTS = ['plain', 'exif-6', 'display-p3'] as const
export type Variant = (typeof VARIANTS)[number]

export function photoFile({ width, height }: PhotoSize, variant: Variant): string {
  return `photo-${width}x${height}-${variant}.jpg`
}

export function answerFile(count: number): string {
  return `answer-${count}.txt`
}

/** The encoder, since another version may write other bytes. */
export function madeWith(): string {
  return `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`
}
