import type { Rgb } from '../../functions/src/masks/palette.ts'
import { ciede2000, type Lab } from './ciede2000.ts'

type Matrix = readonly [Rgb, Rgb, Rgb]

/**
 * Linear sRGB as people see it who lack one kind of cone: Machado, Oliveira and Fernandes, "A
 * Physiologically-based Model for Simulation of Color Vision Deficiency", 2009, severity 1.0.
 * https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/CVD_Simulation.html
 */
export const VISIONS: Record<string, Matrix> = {
  'normal vision': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** How different two sRGB colours (0 to 255) look, by CIEDE2000. */
export function differenceSeen(one: Rgb, other: Rgb, vision: Matrix): number {
  const seen = (colour: Rgb) => toLab(multiply(vision, colour.map(toLinear)))
  return ciede2000(seen(one), seen(other))
}

function toLinear(value: number): number {
  const share = value / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}

function multiply(matrix: Matrix, colour: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, factor, i) => sum + factor * colour[i]!, 0))
}

/** From linear sRGB, clipped to its gamut. */
function toLab(linear: readonly number[]): Lab {
  const toXyz: Matrix = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.072175],
    [0.0193339, 0.119192, 0.9503041],
  ]
  const white = [0.95047, 1, 1.08883]
  const clipped = linear.map((value) => Math.min(Math.max(value, 0), 1))
  const [x, y, z] = multiply(toXyz, clipped).map((value, i) => {
    const share = value / white[i]!
    return share > 216 / 24389 ? Math.cbrt(share) : ((24389 / 27) * share + 16) / 116
  })
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)]
}
