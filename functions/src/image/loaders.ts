import sharp from 'sharp'

/**
 * sharp with only the decoders that photos and masks need. Every other decoder of libvips (SVG, GIF, TIFF,
 * PDF, AVIF) is an additional attack surface. https://sharp.pixelplumbing.com/api-utility/#block, 2026-11.
 */
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
})
// Photos are decoded once, so a cache would only take memory. One thread per image: instances process several
// images at a time.
sharp.cache(false)
sharp.concurrency(1)

export { sharp }
