type Size = { width: number; height: number }

/** What a photo shows at its boxes: `dots` if even numbers would hide the photo. */
export type ChipLevel = 'labels' | 'numbers' | 'dots'

/** The size of a number, as in stage.css. */
export const NUMBER_SIZE = { width: 22, height: 18 }
/** The part of the photo that labels may hide. */
const MAX_HIDDEN = 0.14

/** The most informative level that leaves the photo visible. */
export function chipLevel(labels: readonly Size[], { width, height }: Size): ChipLevel {
  const most = width * height * MAX_HIDDEN
  if (labels.reduce((sum, label) => sum + label.width * label.height, 0) <= most) return 'labels'
  return labels.length * NUMBER_SIZE.width * NUMBER_SIZE.height <= most ? 'numbers' : 'dots'
}
