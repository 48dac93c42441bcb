/**
 * Debian source packages with test images: real ones, damaged ones, and some that broke a decoder. They are
 * downloaded for a run and never committed. `licence`: of the package, from debian/copyright (bookworm,
 * 2026-11), which lists other licences of single images.
 */
export const CORPUS_PACKAGES: { name: string; licence: string }[] = [
  { name: 'exempi', licence: 'BSD-3-Clause' },
  { name: 'exiv2', licence: 'GPL-2.0-or-later' },
  { name: 'gdk-pixbuf', licence: 'LGPL-2.1-or-later' },
  { name: 'golang-1.19', licence: 'BSD-3-Clause' },
  { name: 'golang-github-rwcarlsen-goexif', licence: 'BSD-2-Clause' },
  { name: 'golang-golang-x-image', licence: 'BSD-3-Clause' },
  { name: 'graphicsmagick', licence: 'MIT and others' },
  { name: 'imagemagick', licence: 'ImageMagick' },
  { name: 'libexif', licence: 'LGPL-2.1-or-later' },
  { name: 'libgd2', licence: 'GD (BSD-like)' },
  { name: 'libheif', licence: 'LGPL-3.0-or-later' },
  { name: 'libimage-exiftool-perl', licence: 'Artistic-1.0 or GPL-1.0-or-later' },
  { name: 'libjpeg-turbo', licence: 'IJG, BSD-3-Clause, Zlib' },
  { name: 'libpng1.6', licence: 'libpng-2.0' },
  { name: 'libwebp', licence: 'BSD-3-Clause' },
  { name: 'pillow', licence: 'HPND' },
  { name: 'tiff', licence: 'libtiff' },
  { name: 'vips', licence: 'LGPL-2.1-or-later' },
]
