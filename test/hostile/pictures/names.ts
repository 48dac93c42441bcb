import { type PictureCase, SUCCEEDS } from '../picture-case.ts'
import { flatPng } from './flat-png.ts'

const NAMES = {
  'in other scripts': 'фото 写真 🏖️.png',
  'that reads from right to left': 'a\u202egnp.exe',
  'of patterns': '#?[]*{}.png',
  'that leads elsewhere': '..%2f..%2fbob%2fuploads%2fx.png',
  'of JavaScript': '__proto__',
  'of Firestore': '__name__',
  'of a control character': 'a\u0007b.png',
  'of markup': '<img src=x onerror=alert(1)>.png',
  'of 1,000 bytes': 'x'.repeat(1000),
}

/** Object names, which must not appear in other names. */
export const names: PictureCase[] = Object.entries(NAMES).map(
  ([kind, fileName]): PictureCase => ({
    name: `a name ${kind}`,
    make: () => flatPng({ width: 64, height: 64 }),
    expected: SUCCEEDS,
    fileName,
    contentType: 'image/png',
  }),
)
